/** Starts the phone's page. */
import "../shared/kit.css";
import "./phone.css";
import { createApp } from "vue";
import { followLook } from "../shared/look";
import App from "./App.vue";

followLook();
createApp(App).mount("#app");
