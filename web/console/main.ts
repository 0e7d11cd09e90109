/** Starts the officer's console. */
import "../shared/kit.css";
import "../shared/desk.css";
import "./console.css";
import { createApp } from "vue";
import { followLook } from "../shared/look";
import App from "./App.vue";

followLook();
createApp(App).mount("#app");
