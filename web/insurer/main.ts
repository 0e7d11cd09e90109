/** Starts the insurers' page. */
import "../shared/kit.css";
import "../shared/desk.css";
import "./desk.css";
import { createApp } from "vue";
import { followLook } from "../shared/look";
import App from "./App.vue";

followLook();
createApp(App).mount("#app");
