/** How much text is kept as a string: past it, text is turned into bytes, which the garbage collector need not look at. */
const CHUNK = 16_384;

/** JSON being written from left to right: short ones stay a string, long ones are bytes in chunks. */
export class JsonText {
  private text = '';
  private chunks: Buffer[] = [];

  write(text: string): void {
    this.text += text;
    if (this.text.length > CHUNK) this.flush();
  }

  /** Where writing stands; `reset` takes back what was written since. */
  mark(): Mark {
    return { chunks: this.chunks.length, text: this.text };
  }

  reset(mark: Mark): void {
    this.chunks.length = mark.chunks;
    this.text = mark.text;
  }

  finish(): Json {
    if (this.chunks.length === 0) return this.text;
    this.flush();
    return Buffer.concat(this.chunks);
  }

  private flush(): void {
    this.chunks.push(Buffer.from(this.text));
    this.text = '';
  }
}

export type Json = string | Buffer;

interface Mark {
  readonly chunks: number;
  readonly text: string;
}
