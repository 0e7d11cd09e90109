/** How long the finding was open before this driver's eyes, and whether they reached its end: kept with the signature. */
class Reading {
  private key = "";
  private total_ms = 0;
  private since: number | null = null;
  private end = false;

  constructor(private readonly now: () => number) {}

  /** The finding is on the screen; another finding starts at zero. */
  begin(key: string): void {
    if (key !== this.key) [this.key, this.total_ms, this.end] = [key, 0, false];
    this.since ??= this.now();
  }

  pause(): void {
    if (this.since !== null) this.total_ms += this.now() - this.since;
    this.since = null;
  }

  sawEnd(): void {
    this.end = true;
  }

  /** Whole seconds so far, and whether the end was seen. After a reload the earlier reading is not known any more. */
  result(): { read_s: number; scrolled_to_end: boolean } {
    const open = this.since === null ? 0 : this.now() - this.since;
    return { read_s: Math.round((this.total_ms + open) / 1000), scrolled_to_end: this.end };
  }
}

export const reading = new Reading(() => performance.now());
