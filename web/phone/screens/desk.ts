/** With the officer: the call, the finding, the signature. */
import "../report.css";
import "../desk.css";

export { default as Attention } from "../parts/Attention.vue";
export { default as Call } from "./Call.vue";
export { default as Read } from "./Read.vue";
export { default as SelfPay } from "./SelfPay.vue";
export { default as Sign } from "./Sign.vue";
export { default as Signed } from "./Signed.vue";
