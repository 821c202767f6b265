import { MAX_DEPTH, type Inline, type TextNode } from './tree';

export interface Item {
	node: Inline;
	depth: number;
	previous?: Item;
	next?: Item;
}

/** What has been read of a paragraph, as a chain: a link or an emphasis takes a piece of it out at once. */
export class Items {
	private first?: Item;
	last?: Item;

	push(node: Inline): void {
		this.insert({ node, depth: 0 }, this.last);
	}

	private insert(item: Item, previous: Item | undefined): void {
		const next = previous ? previous.next : this.first;
		Object.assign(item, { previous, next });
		if (previous) previous.next = item;
		else this.first = item;
		if (next) next.previous = item;
		else this.last = item;
	}

	remove({ previous, next }: Item): void {
		if (previous) previous.next = next;
		else this.first = next;
		if (next) next.previous = previous;
		else this.last = previous;
	}

	/** Puts what stands between two items into one. @returns false where that would be too deep */
	wrap(from: Item, to: Item | undefined, around: (children: Inline[]) => Inline): boolean {
		const inner: Item[] = [];
		for (let item = from.next; item && item !== to; item = item.next) inner.push(item);
		const depth = inner.reduce((deepest, item) => Math.max(deepest, item.depth), 0) + 1;
		if (depth > MAX_DEPTH) return false;
		for (const item of inner) this.remove(item);
		this.insert({ node: around(nodesOf(inner)), depth }, from);
		return true;
	}

	/** Takes blanks from the end. @returns how many they were */
	trimEnd(): number {
		const node = this.last?.node;
		if (node?.type !== 'text') return 0;
		const text = trimmed(node);
		const blanks = node.value.length - text.value.length;
		this.last!.node = text;
		return blanks;
	}

	nodes(): Inline[] {
		const items: Item[] = [];
		for (let item = this.first; item; item = item.next) items.push(item);
		return nodesOf(items);
	}
}

/** Of marks that emphasis has used up nothing is left. */
const nodesOf = (items: readonly Item[]): Inline[] =>
	items.map(({ node }) => node).filter((node) => node.type !== 'text' || node.raw !== '');

function trimmed({ type, value, raw }: TextNode): TextNode {
	let blanks = 0;
	while (raw.at(-1 - blanks) === ' ') blanks++;
	if (blanks === 0) return { type, value, raw };
	return { type, value: value.slice(0, -blanks), raw: raw.slice(0, -blanks) };
}
