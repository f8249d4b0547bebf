import { VsrError } from '../errors.js';

/**
 * A value in a JSON file, and the path to it for messages. Every method that reads the value throws
 * VsrError `media`, naming the path, where the value is of another kind.
 */
export class Field {
  readonly #value: unknown;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    this.#value = value;
    this.#where = where;
  }

  #wrong(expected: string): VsrError {
    const shown = JSON.stringify(this.#value) ?? 'nothing';
    const short = shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
    return new VsrError(
      'media',
      `Expected ${expected} for ${this.#where} but found ${short}. Was it written by vsr?`,
    );
  }

  /** The value as an object. */
  object(): Record<string, unknown> {
    const value = this.#value;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    throw this.#wrong('an object');
  }

  /** The field `name` of an object; its value is `undefined` where the object has none. */
  at(name: string): Field {
    const value = Object.entries(this.object()).find(([key]) => key === name)?.[1];
    return new Field(value, `"${name}" of ${this.#where}`);
  }

  /** The items in order; `read` also gets the index of each. */
  list<T>(read: (item: Field, place: number) => T): T[] {
    if (!Array.isArray(this.#value)) throw this.#wrong('a list');
    return this.#value.map((item, i) => read(new Field(item, `item ${i} of ${this.#where}`), i));
  }

  /** Like `list`, but `undefined` where the value is no list. */
  maybeList<T>(read: (item: Field, place: number) => T): T[] | undefined {
    return Array.isArray(this.#value) ? this.list(read) : undefined;
  }

  string(): string {
    if (typeof this.#value !== 'string') throw this.#wrong('a text');
    return this.#value;
  }

  oneOf<T extends string | boolean | number>(...values: T[]): T {
    const found = values.find((value) => value === this.#value);
    if (found === undefined) throw this.#wrong(`one of ${values.join(', ')}`);
    return found;
  }

  boolean(): boolean {
    if (typeof this.#value !== 'boolean') throw this.#wrong('true or false');
    return this.#value;
  }

  isFalse(): boolean {
    return this.#value === false;
  }

  /** A finite number. */
  number(): number {
    if (!Number.isFinite(this.#value)) throw this.#wrong('a number');
    return this.#value as number;
  }

  /** A whole number from 0 on. */
  count(): number {
    if (Number.isSafeInteger(this.#value) && (this.#value as number) >= 0) return this.number();
    throw this.#wrong('a whole number from 0 on');
  }

  /** A whole number, also a negative one. */
  integer(): number {
    if (Number.isSafeInteger(this.#value)) return this.number();
    throw this.#wrong('a whole number');
  }

  /** Decibels; `Infinity` for "inf", which stands for equal planes. */
  decibels(): number {
    return this.#value === 'inf' ? Infinity : this.number();
  }

  /** The value as `read` reads it; `null` where it is `null`. */
  orNull<T>(read: (field: Field) => T): T | null {
    return this.#value === null ? null : read(this);
  }

  /**
   * The value as `first` reads it or, where that fails, as `second` does. Throws the error of
   * `second`.
   */
  either<T>(first: (field: Field) => T, second: (field: Field) => T): T {
    try {
      return first(this);
    } catch {
      return second(this);
    }
  }

  /** Like `orNull`, for a field that may be absent. */
  maybe<T>(read: (field: Field) => T): T | undefined {
    return this.#value === undefined ? undefined : read(this);
  }
}
