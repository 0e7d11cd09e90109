/** How a picture is being looked at: zoom, turn and shift. Looking never changes the evidence. */
export interface Look {
  readonly zoom: number;
  /** Degrees clockwise, a multiple of 90. */
  readonly turn: number;
  readonly x: number;
  readonly y: number;
}

export const AT_REST: Look = { zoom: 1, turn: 0, x: 0, y: 0 };

const ZOOM_MIN = 1;
const ZOOM_MAX = 8;

/** Back at the smallest zoom the picture sits in the middle again, so it can never be lost. */
export function zoomed(look: Look, by: number): Look {
  const zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, look.zoom * by));
  return zoom === ZOOM_MIN ? { ...look, zoom, x: 0, y: 0 } : { ...look, zoom };
}

export function turned(look: Look): Look {
  return { ...look, turn: (look.turn + 90) % 360 };
}

export function moved(look: Look, x: number, y: number): Look {
  return look.zoom === ZOOM_MIN ? look : { ...look, x: look.x + x, y: look.y + y };
}
