import { dialectOf, rendered } from './markdown.js';
import { element, wireView } from './wire.js';
import { cure, reason, word } from './words.js';

/** A model may take this long; a command is quicker. Then one wants to know where to look. */
const SILENT_AFTER_S = 10;
const COMMAND = /^\s*[/／](dlq|死信|alert|告警)(\s|$)/i;

const seconds = (turn) => Math.floor((Date.now() - turn.started) / 1000);
const deliveriesOf = (turn) => turn.entries.filter((entry) => entry.direction === 'out');
const isSaid = (turn) => turn.text !== undefined;

export function stateOf(turn) {
	if (turn.failure) {
		const text = `${word('failed', reason(turn.failure))} ${cure({ refused: turn.failure })}`;
		return { className: 'state bad', text };
	}
	const deliveries = deliveriesOf(turn);
	const accepted = deliveries.findIndex((entry) => !entry.refused);
	if (accepted >= 0) {
		const { status, ms, by } = deliveries[accepted];
		const text = word('acknowledged', status, Math.round(ms), accepted + 1, word('way', by));
		return { className: 'state good', text };
	}
	const last = deliveries.at(-1);
	if (!last) return { className: 'state', text: word('sending') };
	const refused = word('refused', reason(last.refused), word('way', last.by));
	return { className: 'state bad', text: `${refused} ${cure(last, turn.url)}` };
}

function quoteButton(pane, messageId, text) {
	const button = element('button', 'quote', word('quote'));
	button.type = 'button';
	button.addEventListener('click', () => pane.quote({ messageId, text }));
	return button;
}

function answerNodes(turn, answer) {
	const { pane } = turn;
	const bubble = element('div', answer.recalled ? 'bubble theirs recalled' : 'bubble theirs');
	const dialect = dialectOf({ platform: pane.platform, ...answer });
	bubble.classList.add(dialect);
	bubble.append(...rendered(answer.text, dialect));
	const notes = [
		answer.recalled && word('recalled'),
		answer.edits && word('edited', answer.edits),
		answer.pushed && word('pushed'),
	].filter(Boolean);
	const line = element('p', 'from', notes.join(' · '));
	if (answer.messageId) line.append(quoteButton(pane, answer.messageId, answer.text));
	return [bubble, line];
}

function mineNodes(turn) {
	const bubble = element('div', 'bubble mine', turn.contentType === 'file' ? '' : turn.text);
	if (turn.file) {
		const { key, name, contentType } = turn.file;
		if (key && /^image\//.test(contentType)) {
			const picture = element('img');
			Object.assign(picture, { src: `/sandbox/files/${key}`, alt: name });
			bubble.prepend(picture);
		} else {
			bubble.prepend(element('span', 'media', `▤ ${name}`));
		}
	}
	const person = word('person', turn.from);
	const bot = turn.pane.bots?.find(({ id, madeBy }) => madeBy && id === turn.botId);
	const name = bot ? word('toBot', person, bot.name) : person;
	const who = element('p', 'from mine', turn.silent ? `${name} · ${word('unmentioned')}` : name);
	if (turn.messageId) who.append(quoteButton(turn.pane, turn.messageId, turn.text));
	const quoted = turn.quote ? [element('p', 'quoted mine', turn.quote.text)] : [];
	return [who, ...quoted, bubble];
}

/** Draws one turn anew, keeping the wire view open and the focus where they were. */
function draw(turn) {
	const { node } = turn;
	const open = node.querySelector('details')?.open ?? false;
	const summaryFocused = node.querySelector('summary') === document.activeElement;
	const parts = [];
	if (isSaid(turn)) {
		const state = stateOf(turn);
		parts.push(...mineNodes(turn), element('p', state.className, state.text));
	}
	parts.push(...turn.answers.flatMap((answer) => answerNodes(turn, answer)));
	turn.waitingNode = undefined;
	const isWaiting = !turn.answers.length && deliveriesOf(turn).some((entry) => !entry.refused);
	if (isSaid(turn) && isWaiting) {
		turn.waitingNode = element('p', 'waiting');
		parts.push(turn.waitingNode);
		tick(turn);
	}
	if (turn.entries.length) parts.push(wireView(turn.entries, open));
	node.replaceChildren(...parts);
	if (summaryFocused) node.querySelector('summary')?.focus();
}

/** What is said to somebody who waits. */
export function tick(turn) {
	const waited = seconds(turn);
	if (waited < SILENT_AFTER_S) turn.waitingNode.textContent = word('waiting', waited);
	else if (turn.silent) turn.waitingNode.textContent = word('silentUnmentioned', waited);
	else if (COMMAND.test(turn.text)) turn.waitingNode.textContent = word('silentCommand', waited);
	else turn.waitingNode.textContent = word('silent', waited);
}

export function addTurn(pane, values) {
	pane.empty?.remove();
	pane.empty = undefined;
	const node = element('li', 'turn');
	const turn = { pane, node, entries: [], answers: [], started: Date.now(), ...values };
	pane.turns.push(turn);
	pane.log.append(node);
	return turn;
}

export function show(turn) {
	const { log } = turn.pane;
	const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
	draw(turn);
	if (atEnd) log.scrollTop = log.scrollHeight;
}

const FORMATS = {
	post: 'markdown',
	interactive: 'card',
	actionCard: 'card',
	sampleMarkdown: 'markdown',
};

/** What a bot sent on its own account, from the request that brought it. */
export function pushedTurn(pane, entry) {
	let body = {};
	try {
		body = JSON.parse(entry.request?.body ?? '');
	} catch {
		// A body that was cut off: shown as plain text.
	}
	const type = body.msgtype ?? body.msg_type ?? body.msgKey ?? 'text';
	const answer = {
		text: entry.text,
		format: FORMATS[type] ?? type,
		via: 'send',
		messageId: entry.messageId,
		pushed: true,
	};
	return addTurn(pane, { entries: [entry], answers: [answer] });
}
