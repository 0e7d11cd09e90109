/**
 * What the fake cameras see: a moving street per participant, drawn here and kept as raw YUV4MPEG2.
 *
 * Chromium takes its fake camera from a file and plays it in a loop. Every scene has its own colours and its own
 * car, so a picture that reaches the wrong person is seen at a glance in the screenshots.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";

export type Scene = "first phone" | "second phone" | "third phone" | "desk";

const WIDTH = 640;
const HEIGHT = 480;
const FRAMES_PER_S = 12;
const FRAMES = 48;

/** A colour as luma and the two chroma values. */
type Colour = readonly [y: number, u: number, v: number];

const ASPHALT: Colour = [82, 128, 128];
const LINE: Colour = [215, 128, 128];
const GLASS: Colour = [190, 140, 118];
const TYRE: Colour = [28, 128, 128];

const LOOKS: Record<Scene, { sky: Colour; ground: Colour; car: Colour; from_left: boolean; passes: number }> = {
  "first phone": { sky: [190, 150, 110], ground: [110, 110, 115], car: [80, 90, 220], from_left: true, passes: 2 },
  "second phone": { sky: [165, 132, 126], ground: [95, 105, 112], car: [60, 200, 100], from_left: false, passes: 1 },
  "third phone": { sky: [120, 138, 124], ground: [80, 118, 120], car: [200, 40, 145], from_left: true, passes: 3 },
  desk: { sky: [205, 126, 132], ground: [60, 130, 128], car: [45, 150, 112], from_left: false, passes: 1 },
};

/** The file of a scene, drawn on first use. */
export function sceneFile(scene: Scene, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${scene.replaceAll(" ", "-")}.y4m`);
  if (existsSync(file)) return file;
  const unfinished = `${file}.part`;
  const out = openSync(unfinished, "w");
  writeSync(out, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_S}:1 Ip A1:1 C420jpeg\n`);
  for (let index = 0; index < FRAMES; index++) {
    writeSync(out, "FRAME\n");
    writeSync(out, draw(scene, index));
  }
  closeSync(out);
  renameSync(unfinished, file);
  return file;
}

function draw(scene: Scene, index: number): Buffer {
  const look = LOOKS[scene];
  const frame = Buffer.alloc((WIDTH * HEIGHT * 3) / 2);
  fill(frame, 0, 0, WIDTH, 180, look.sky);
  fill(frame, 0, 180, WIDTH, 80, look.ground);
  fill(frame, 0, 260, WIDTH, HEIGHT - 260, ASPHALT);
  for (let dash = 0; dash < 6; dash++) {
    const left = (dash * 160 - index * 20 + 960) % 960;
    fill(frame, left - 160, 360, 80, 10, LINE);
  }
  // The car passes a whole number of times, so the seam of the loop does not show.
  const way = WIDTH + 240;
  const moved = Math.round((((index * look.passes) / FRAMES) % 1) * way);
  const left = look.from_left ? moved - 240 : WIDTH - moved;
  fill(frame, left, 290, 220, 60, look.car);
  fill(frame, left + 50, 250, 120, 44, look.car);
  fill(frame, left + 60, 258, 46, 30, GLASS);
  fill(frame, left + 114, 258, 46, 30, GLASS);
  fill(frame, left + 28, 336, 40, 30, TYRE);
  fill(frame, left + 152, 336, 40, 30, TYRE);
  return frame;
}

/** A filled rectangle, clipped to the picture; chroma is kept for every 2×2 block. */
function fill(frame: Buffer, left: number, top: number, width: number, height: number, colour: Colour): void {
  const [from, to] = [Math.max(0, left), Math.min(WIDTH, left + width)];
  if (to <= from) return;
  for (let row = Math.max(0, top); row < Math.min(HEIGHT, top + height); row++) {
    frame.fill(colour[0], row * WIDTH + from, row * WIDTH + to);
  }
  const planes = [WIDTH * HEIGHT, (WIDTH * HEIGHT * 5) / 4];
  const half = WIDTH / 2;
  for (let row = Math.max(0, top) >> 1; row < Math.min(HEIGHT, top + height) >> 1; row++) {
    planes.forEach((start, plane) => {
      frame.fill(colour[plane + 1] ?? 128, start + row * half + (from >> 1), start + row * half + (to >> 1));
    });
  }
}
