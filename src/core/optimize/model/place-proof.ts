/** No answer costs less than `value`, or than what the proof says if that is less: micro-dollars. */
export type PlaceBound = { readonly value: number; readonly proof: PlaceProof };

/**
 * What proves how cheap the placement of a pipeline can be, where nothing but transfers (and tasks
 * that must lie apart) couples its tasks. A place is a provider's region, or a zone of it; of the
 * options of a task in one place only the cheapest counts.
 *
 * `prices` move the cost of transfers to the tasks at their ends: whatever they are, the sum of the
 * least that each task and each transfer then costs is a bound (the dual of the local polytope:
 * Wainwright, Jordan, Graphical Models (2008), section 8.4). A place with which that sum is no
 * lower than that value can be left out; `rest` bounds what is left. `dominated` names places that
 * no answer needs, each with another place of the task that makes no answer dearer. `split` is by
 * the place of one task. `elimination` finds the best of what is left by dynamic programming.
 * `deadlines` looks through all options, task by task, and leaves out what costs no less than that
 * value by prices of places and of time.
 */
export type PlaceProof =
  | { readonly kind: 'prices'; readonly prices: PlacePrices; readonly rest: PlaceProof | null }
  | { readonly kind: 'dominated'; readonly drops: readonly PlaceDrops[]; readonly rest: PlaceProof }
  | {
      readonly kind: 'split';
      readonly task: number;
      readonly places: readonly string[];
      readonly within: PlaceProof;
      readonly without: PlaceProof;
    }
  | { readonly kind: 'elimination' }
  | {
      readonly kind: 'deadlines';
      readonly views: readonly TimeView[];
    };

/** One after the other: each place is dropped for one that is still there. */
export type PlaceDrops = {
  readonly task: number;
  readonly places: readonly (readonly [place: string, by: string])[];
};

/** Of several, what is ahead of a part of an answer costs at least the most that any says. */
export type TimeView = { readonly prices: PlacePrices; readonly time: TimeProof };

/**
 * Prices of time: whole numbers of this part of a micro-dollar for each millisecond of each task of a
 * way, of which each waits for the one before, and of its data; the deadline of the last counts
 * against it. With any such prices, what an answer costs is at least what its places then cost.
 */
export type TimeProof = {
  readonly per: number;
  readonly ways: readonly { readonly tasks: readonly number[]; readonly price: number }[];
};

export type PlacePrices = {
  /** Prices are whole numbers of this part of a micro-dollar: 1,024 for 1/1,024. */
  readonly per: number;
  readonly pairs: readonly PairPrices[];
};

/** What of the cost between two tasks is borne by each, by its place; a place not named bears none. */
export type PairPrices = {
  readonly from: number;
  readonly to: number;
  readonly ofFrom: Readonly<Record<string, number>>;
  readonly ofTo: Readonly<Record<string, number>>;
};
