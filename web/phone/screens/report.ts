/** From the session to the queue: place, photos, own data, the other party. */
import "../report.css";

export { default as Escalated } from "./Escalated.vue";
export { default as Invite } from "./Invite.vue";
export { default as LateReport } from "./LateReport.vue";
export { default as Party } from "./Party.vue";
export { default as Photos } from "./Photos.vue";
export { default as Place } from "./Place.vue";
export { default as Ready } from "./Ready.vue";
export { default as UploadBar } from "../parts/UploadBar.vue";
export { default as Waiting } from "./Waiting.vue";
