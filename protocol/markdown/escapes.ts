/** HTML's names for characters that people write; the others are shown as they are written. */
const NAMED: Readonly<Record<string, string>> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: '\u00a0',
	copy: '©',
	reg: '®',
	trade: '™',
	deg: '°',
	plusmn: '±',
	times: '×',
	divide: '÷',
	middot: '·',
	bull: '•',
	hellip: '…',
	ndash: '–',
	mdash: '—',
	lsquo: '‘',
	rsquo: '’',
	ldquo: '“',
	rdquo: '”',
	laquo: '«',
	raquo: '»',
	larr: '←',
	rarr: '→',
	le: '≤',
	ge: '≥',
	ne: '≠',
	euro: '€',
	yen: '¥',
	sect: '§',
};

/** An entity; sticky, it is looked for at one place of a text. */
const ENTITY = /&(?:#[xX]([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));/y;

/** What an entity stands for; undefined for a name that is not known. */
export function entityAt(text: string, start: number): { value: string; end: number } | undefined {
	ENTITY.lastIndex = start;
	const [whole, hex, decimal, name] = ENTITY.exec(text) ?? [];
	if (whole === undefined) return undefined;
	const end = start + whole.length;
	if (name !== undefined) {
		return Object.hasOwn(NAMED, name) ? { value: NAMED[name]!, end } : undefined;
	}
	const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
	const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
	return { value: isCharacter ? String.fromCodePoint(code) : '\ufffd', end };
}

/** Whether a backslash in front of a character takes its meaning. */
export const isEscapable = (char: string | undefined): boolean =>
	char !== undefined && /^[!-/:-@[-`{-~]/.test(char);

/** A text with its escapes and entities resolved. */
export function unescape(text: string): string {
	if (!/[\\&]/.test(text)) return text;
	let out = '';
	for (let at = 0; at < text.length; ) {
		const entity = text[at] === '&' ? entityAt(text, at) : undefined;
		if (text[at] === '\\' && isEscapable(text[at + 1])) {
			out += text[at + 1];
			at += 2;
		} else if (entity) {
			out += entity.value;
			at = entity.end;
		} else {
			out += text[at++];
		}
	}
	return out;
}
