/** The page of somebody who is no party: fetched by nobody else. */
import "../report.css";
import "../desk.css";
import "../after.css";

export { default as Guest } from "./Guest.vue";
