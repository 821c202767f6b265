import { MAX_BODY_BYTES, Refused } from '../verify';

/*
 * A strict reader for the small XML documents of WeCom callbacks. It knows elements, text, CDATA and the
 * five named entities, and refuses everything else an XML file may hold (DOCTYPE, processing instructions
 * beyond the first line, comments, attributes, numeric entities), because that is where XML attacks live.
 */

/** Text of a leaf, or its children; an element that repeats is an array. Objects have no prototype. */
export type XmlValue = string | XmlObject | XmlValue[];
export interface XmlObject {
	[name: string]: XmlValue;
}

const MAX_DEPTH = 8;
const MAX_ELEMENTS = 10_000;
const NAME = /[A-Za-z_][A-Za-z0-9_.-]{0,63}/y;
const DECLARATION = /^\uFEFF?\s*(?:<\?xml\s[^?<>]{0,200}\?>)?\s*/;
const ENTITIES: ReadonlyMap<string, string> = new Map([
	['lt', '<'],
	['gt', '>'],
	['amp', '&'],
	['quot', '"'],
	['apos', "'"],
]);

function decodeEntities(text: string): string {
	return text.replace(/&([^;]{0,10};?)/g, (_, name: string) => {
		const value = name.endsWith(';') ? ENTITIES.get(name.slice(0, -1)) : undefined;
		if (value === undefined) throw new Refused('malformed');
		return value;
	});
}

class Reader {
	private at = 0;
	private elements = 0;

	constructor(private readonly xml: string) {}

	document(): XmlObject {
		this.at = DECLARATION.exec(this.xml)?.[0].length ?? 0;
		const [name, value] = this.element(1);
		if (this.xml.slice(this.at).trim() !== '') throw new Refused('malformed');
		const root = Object.create(null) as XmlObject;
		root[name] = value;
		return root;
	}

	private element(depth: number): [string, XmlValue] {
		if (depth > MAX_DEPTH || ++this.elements > MAX_ELEMENTS) throw new Refused('malformed');
		this.expect('<');
		const name = this.name();
		this.space();
		if (this.take('/>')) return [name, ''];
		this.expect('>');
		const children = Object.create(null) as XmlObject;
		let text = '';
		let hasChildren = false;
		let isQuoted = false;
		for (;;) {
			const next = this.xml.indexOf('<', this.at);
			if (next < 0) throw new Refused('malformed');
			const between = decodeEntities(this.xml.slice(this.at, next));
			this.at = next;
			const opensQuote = this.take('<![CDATA[');
			// White space around CDATA is layout, like that between elements.
			if (between.trim() !== '' || !(isQuoted || opensQuote)) text += between;
			if (opensQuote) {
				isQuoted = true;
				text += this.until(']]>');
			} else if (this.take('</')) {
				if (this.name() !== name) throw new Refused('malformed');
				this.space();
				this.expect('>');
				if (!hasChildren) return [name, text];
				// White space between elements is layout; other text beside elements is not WeCom's.
				if (text.trim() !== '') throw new Refused('malformed');
				return [name, children];
			} else {
				const [child, value] = this.element(depth + 1);
				hasChildren = true;
				const before = children[child];
				if (before === undefined) children[child] = value;
				else if (Array.isArray(before)) before.push(value);
				else children[child] = [before, value];
			}
		}
	}

	private name(): string {
		NAME.lastIndex = this.at;
		const name = NAME.exec(this.xml)?.[0];
		if (name === undefined) throw new Refused('malformed');
		this.at += name.length;
		return name;
	}

	private space(): void {
		while (/\s/.test(this.xml.charAt(this.at))) this.at++;
	}

	private take(token: string): boolean {
		if (!this.xml.startsWith(token, this.at)) return false;
		this.at += token.length;
		return true;
	}

	private expect(token: string): void {
		if (!this.take(token)) throw new Refused('malformed');
	}

	private until(token: string): string {
		const end = this.xml.indexOf(token, this.at);
		if (end < 0) throw new Refused('malformed');
		const text = this.xml.slice(this.at, end);
		this.at = end + token.length;
		return text;
	}
}

/** Reads a document: `{ root: … }`. Throws `Refused` for anything that is not plain, small XML. */
export function parseXml(xml: string): XmlObject {
	if (Buffer.byteLength(xml) > MAX_BODY_BYTES) throw new Refused('tooLarge');
	return new Reader(xml).document();
}

/** The text of a child, without the layout around it; undefined where it is missing or no text. */
export function xmlText(parent: XmlObject, name: string): string | undefined {
	const value = parent[name];
	return typeof value === 'string' ? value.trim() : undefined;
}

/** The children of a child; undefined where it is missing or only text. */
export function xmlObject(parent: XmlObject, name: string): XmlObject | undefined {
	const value = parent[name];
	return typeof value === 'object' && !Array.isArray(value) ? value : undefined;
}
