/** Where the phone is: WGS-84 as the browser gives it, with its accuracy. A refusal is an answer, not an error. */
import { shallowRef } from "vue";

export interface Fix {
  latitude: number;
  longitude: number;
  accuracy_m: number;
}

/** The last known place, also stamped on photos; null until the driver lets us know. */
export const fix = shallowRef<Fix | null>(null);

const TIMEOUT_MS = 15_000;
const FRESH_MS = 60_000;

export function locate(): Promise<Fix> {
  return new Promise((found, failed) => {
    if (!("geolocation" in navigator)) return failed(new Error("这个浏览器不能定位，请手工填写地点。"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        fix.value = { latitude: coords.latitude, longitude: coords.longitude, accuracy_m: Math.round(coords.accuracy) };
        found(fix.value);
      },
      (error) =>
        failed(
          new Error(
            error.code === error.PERMISSION_DENIED
              ? "没有得到定位许可，请手工填写地点。"
              : "暂时定不了位，请手工填写地点，或到开阔处再试。",
          ),
        ),
      { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: FRESH_MS },
    );
  });
}
