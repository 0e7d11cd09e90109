/** Once the finding stands: the damage, the mediation, the money. */
import "../report.css";
import "../desk.css";
import "../after.css";

export { default as Assessment } from "./Assessment.vue";
export { default as Mediation } from "./Mediation.vue";
export { default as MediationRead } from "./MediationRead.vue";
export { default as MediationSign } from "./MediationSign.vue";
export { default as Objection } from "./Objection.vue";
export { default as Paper } from "./Paper.vue";
export { default as Papers } from "./Papers.vue";
export { default as Review } from "./Review.vue";
export { default as Settlement } from "./Settlement.vue";
export { default as Subrogation } from "./Subrogation.vue";
