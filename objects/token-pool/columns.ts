/**
 * Numbers of many slots, a typed array a field: 100,000 tokens with four buckets fit in tens of MB,
 * and a page of slots is one BLOB, so that a checkpoint writes few rows and a start reads few.
 */

export type FieldKind = 'u8' | 'i32' | 'f64';
export type Column = Uint8Array | Int32Array | Float64Array;
type ColumnOf<K extends FieldKind> = K extends 'u8'
  ? Uint8Array
  : K extends 'i32'
    ? Int32Array
    : Float64Array;

/** Slots in one stored page. */
export const PAGE_SLOTS = 64;
const FIRST_CAPACITY = 256;

export const pageOf = (slot: number): number => Math.floor(slot / PAGE_SLOTS);

/** A cell; slots beyond the end read as 0, like slots never written. */
export const at = (column: Column, slot: number): number => column[slot] ?? 0;

function allocate(kind: FieldKind, length: number): Column {
  switch (kind) {
    case 'u8':
      return new Uint8Array(length);
    case 'i32':
      return new Int32Array(length);
    case 'f64':
      return new Float64Array(length);
  }
}

export class Columns<S extends Readonly<Record<string, FieldKind>>> {
  readonly #schema: S;
  #columns: Record<string, Column> = {};
  /** The same, in the order of the schema. */
  #inOrder: readonly Column[] = [];
  #capacity = 0;

  constructor(schema: S) {
    this.#schema = schema;
    this.reserve(FIRST_CAPACITY);
  }

  /** The arrays by field. Read anew after `reserve`: growing replaces them. */
  get fields(): { readonly [K in keyof S]: ColumnOf<S[K]> } {
    // SAFETY: reserve() allocates exactly the kinds of the schema under their names.
    return this.#columns as { readonly [K in keyof S]: ColumnOf<S[K]> };
  }

  /** Makes room for slots below `length`. */
  reserve(length: number): void {
    if (length <= this.#capacity) return;
    const pages = Math.ceil(Math.max(length, this.#capacity * 2) / PAGE_SLOTS);
    const capacity = pages * PAGE_SLOTS;
    const grown: Record<string, Column> = {};
    for (const [name, kind] of Object.entries(this.#schema)) {
      const column = allocate(kind, capacity);
      const old = this.#columns[name];
      if (old !== undefined) column.set(old);
      grown[name] = column;
    }
    this.#columns = grown;
    this.#inOrder = Object.values(grown);
    this.#capacity = capacity;
  }

  /** All fields of a slot, in the order of the schema. */
  row(slot: number): number[] {
    return this.#inOrder.map((column) => at(column, slot));
  }

  setRow(slot: number, values: readonly number[]): void {
    this.reserve(slot + 1);
    for (const [i, column] of this.#inOrder.entries()) column[slot] = values[i] ?? 0;
  }

  /** A page as stored: column after column, each as its array holds it, in the host's byte order. */
  packPage(page: number): Uint8Array {
    const first = page * PAGE_SLOTS;
    this.reserve(first + PAGE_SLOTS);
    const columns = this.#inOrder;
    const rowBytes = columns.reduce((sum, column) => sum + column.BYTES_PER_ELEMENT, 0);
    const packed = new Uint8Array(rowBytes * PAGE_SLOTS);
    let offset = 0;
    for (const column of columns) {
      packed.set(bytesOf(column, first), offset);
      offset += column.BYTES_PER_ELEMENT * PAGE_SLOTS;
    }
    return packed;
  }

  /** Reads a stored page; fields that were added since are left at 0. */
  unpackPage(page: number, bytes: ArrayBuffer): void {
    const first = page * PAGE_SLOTS;
    this.reserve(first + PAGE_SLOTS);
    let offset = 0;
    for (const column of this.#inOrder) {
      const length = column.BYTES_PER_ELEMENT * PAGE_SLOTS;
      if (offset + length > bytes.byteLength) return;
      bytesOf(column, first).set(new Uint8Array(bytes, offset, length));
      offset += length;
    }
  }
}

/** The bytes of one page of a column. A page lies within the column: capacities are whole pages. */
function bytesOf(column: Column, first: number): Uint8Array {
  const { buffer, byteOffset, BYTES_PER_ELEMENT: size } = column;
  return new Uint8Array(buffer, byteOffset + first * size, PAGE_SLOTS * size);
}
