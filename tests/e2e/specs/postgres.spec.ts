/** The same accident once more with everything in PostgreSQL. */
import { rearEnd } from "./rear-end";

rearEnd();
