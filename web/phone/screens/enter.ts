/** From the link to a session: what follows the first questions. */
import "../report.css";

export { default as Code } from "./Code.vue";
export { default as Consents } from "./Consents.vue";
export { default as DeadLink } from "./DeadLink.vue";
export { default as MenuSheet } from "../parts/MenuSheet.vue";
export { default as Phone } from "./Phone.vue";
export { default as Resume } from "./Resume.vue";
