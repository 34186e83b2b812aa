/**
 * CRC-64/NVME: the checksum that S3 computes itself for an object that was uploaded without one. Written here because
 * it processes every byte of every file: it takes a third of the CPU time of the AWS SDK's version, half of an MD5's,
 * and less than WebAssembly from a library. It processes eight bytes per step, each with its own lookup table.
 * JavaScript has no fast 64-bit integers, so every value consists of two 32-bit halves.
 * @see NVM Express NVM Command Set Specification 1.0, "64b CRC"
 * @see Kounavis and Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation"
 */
export class Crc64Nvme {
  #low = -1;
  #high = -1;

  update(chunk: Uint8Array): void {
    const { length } = chunk;
    const words = new DataView(chunk.buffer, chunk.byteOffset, length);
    let low = this.#low;
    let high = this.#high;
    let at = 0;
    for (; at + 8 <= length; at += 8) {
      const first = low ^ words.getInt32(at, true);
      const second = high ^ words.getInt32(at + 4, true);
      low = eightBytesOn(lows, first, second);
      high = eightBytesOn(highs, first, second);
    }
    for (; at < length; at += 1) {
      const entry = (low ^ words.getUint8(at)) & 0xff;
      low = (low >>> 8) ^ (high << 24) ^ look(lows, entry);
      high = (high >>> 8) ^ look(highs, entry);
    }
    this.#low = low;
    this.#high = high;
  }

  /** In S3's notation: base64 of the big-endian value. */
  base64(): string {
    const value = Buffer.alloc(8);
    value.writeInt32BE(~this.#high);
    value.writeInt32BE(~this.#low, 4);
    return value.toString('base64');
  }
}

/** The polynomial, its bits reversed. */
const polynomial = { low: 0xac4bc9b5 | 0, high: 0x9a6c9329 | 0 };

/** Eight tables of 256 entries. Entry i of table n is the CRC of byte i followed by n zero bytes. */
const lows = new Int32Array(8 * 256);
const highs = new Int32Array(8 * 256);

const look = (table: Int32Array, entry: number): number => table[entry] as number;

const eightBytesOn = (tables: Int32Array, first: number, second: number): number =>
  look(tables, 0x700 + (first & 0xff)) ^
  look(tables, 0x600 + ((first >>> 8) & 0xff)) ^
  look(tables, 0x500 + ((first >>> 16) & 0xff)) ^
  look(tables, 0x400 + (first >>> 24)) ^
  look(tables, 0x300 + (second & 0xff)) ^
  look(tables, 0x200 + ((second >>> 8) & 0xff)) ^
  look(tables, 0x100 + ((second >>> 16) & 0xff)) ^
  look(tables, second >>> 24);

for (let entry = 0; entry < lows.length; entry += 1) {
  let low = entry < 256 ? entry : look(lows, entry - 256);
  let high = entry < 256 ? 0 : look(highs, entry - 256);
  for (let bit = 0; bit < 8; bit += 1) {
    const odd = -(low & 1);
    low = (low >>> 1) ^ (high << 31) ^ (odd & polynomial.low);
    high = (high >>> 1) ^ (odd & polynomial.high);
  }
  lows[entry] = low;
  highs[entry] = high;
}
