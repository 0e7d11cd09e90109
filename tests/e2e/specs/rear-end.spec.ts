import { rearEnd } from "./rear-end";

rearEnd();
