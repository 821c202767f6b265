import { word } from './words.js';

/** An element with text in it: text only ever enters the page as text. */
export function element(tag, className, text) {
	const node = document.createElement(tag);
	if (className) node.className = className;
	if (text !== undefined) node.textContent = text;
	return node;
}

function pretty(body) {
	if (!body) return word('nothing');
	try {
		return JSON.stringify(JSON.parse(body), null, 2);
	} catch {
		return body;
	}
}

function part(title, exchange) {
	const headers = Object.entries(exchange?.headers ?? {}).map(
		([name, value]) => `${name}: ${value}`,
	);
	const pre = element(
		'pre',
		'',
		[headers.join('\n'), pretty(exchange?.body)].filter(Boolean).join('\n\n'),
	);
	pre.tabIndex = 0;
	return [element('h4', '', title), pre];
}

/** One ledger entry: the request and what came back. */
function exchange(entry, number) {
	const out = entry.direction === 'out';
	const box = element('div', 'exchange');
	const line = `${entry.method} ${entry.path}${entry.request?.query ?? ''}`;
	const back = word(out ? 'acknowledgement' : 'response', entry.status, entry.ms);
	box.append(
		element('h3', '', out ? word('delivery', number, word('way', entry.by)) : word('reply')),
		...part(word('request', line), entry.request),
		...part(
			!out && entry.refused ? `${back} · ${word('refusedBy', entry.refused)}` : back,
			entry.response,
		),
	);
	return box;
}

/** The expandable view of everything that crossed the wire for one message. */
export function wireView(entries, isOpen) {
	const details = element('details', 'wire');
	details.open = isOpen;
	let deliveries = 0;
	// The ledger writes an exchange down when it ends; people want to read them as they began.
	const inOrder = entries.toSorted(
		(a, b) => a.at.localeCompare(b.at) || (a.direction === 'out' ? -1 : 1),
	);
	details.append(
		element('summary', '', `${word('wire')} (${entries.length})`),
		...inOrder.map((entry) => exchange(entry, entry.direction === 'out' ? ++deliveries : 0)),
	);
	return details;
}
