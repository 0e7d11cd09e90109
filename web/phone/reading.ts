/**
 * How long the document was open before this driver's eyes, page by page, and whether they reached its end: kept with
 * the signature.
 */
export interface Read {
  read_s: number;
  scrolled_to_end: boolean;
  /** Only pages that were on the screen for at least a second. */
  pages: { page: number; seconds: number }[];
}

export class Reading {
  private key = "";
  private total_ms = 0;
  private since: number | null = null;
  private end = false;
  private readonly pages = new Map<number, number>();
  /** The page before the eyes, and since when. */
  private page: { number: number; since: number } | null = null;

  constructor(private readonly now: () => number) {}

  /** The document is on the screen; another document starts at zero. */
  begin(key: string): void {
    if (key !== this.key) {
      [this.key, this.total_ms, this.end] = [key, 0, false];
      this.pages.clear();
    }
    this.since ??= this.now();
  }

  pause(): void {
    this.turnTo(null);
    if (this.since !== null) this.total_ms += this.now() - this.since;
    this.since = null;
  }

  /** The page that fills most of the screen; null: none does. */
  turnTo(number: number | null): void {
    const { page } = this;
    if (page !== null) this.pages.set(page.number, (this.pages.get(page.number) ?? 0) + this.now() - page.since);
    this.page = number === null ? null : { number, since: this.now() };
  }

  sawEnd(): void {
    this.end = true;
  }

  /** Whole seconds so far, and whether the end was seen. After a reload the earlier reading is not known any more. */
  result(): Read {
    const open = this.since === null ? 0 : this.now() - this.since;
    if (this.page !== null) this.turnTo(this.page.number);
    const pages = [...this.pages].map(([page, ms]) => ({ page, seconds: Math.round(ms / 1000) }));
    return {
      read_s: Math.round((this.total_ms + open) / 1000),
      scrolled_to_end: this.end,
      pages: pages.filter(({ seconds }) => seconds > 0).sort((a, b) => a.page - b.page),
    };
  }
}

export const reading = new Reading(() => performance.now());
