import { element, wireView } from './wire.js';
import { chooseLanguage, cure, currentLanguage, reason, word } from './words.js';

const PLATFORMS = ['dingtalk', 'feishu', 'wecom'];
const SILENT_AFTER_S = 60;

const panes = new Map();
/** Turns by the message they began with, and by the messages that answer it. */
const turns = new Map();
/** Ledger entries of messages whose `say` call has not returned yet. */
const early = new Map();
let lastSeq = 0;

async function api(path, body) {
	const response = await fetch(`/sandbox${path}`, {
		method: body ? 'POST' : 'GET',
		headers: body ? { 'content-type': 'application/json' } : {},
		body: body && JSON.stringify(body),
	});
	const value = await response.json();
	if (!response.ok) throw new Error(value.error);
	return value;
}

const seconds = (turn) => Math.floor((Date.now() - turn.started) / 1000);
const deliveriesOf = (turn) => turn.entries.filter((entry) => entry.direction === 'out');

function stateOf(turn) {
	if (turn.failure) {
		return {
			className: 'state bad',
			text: `${word('failed', reason(turn.failure))} ${cure(0, turn.failure)}`,
		};
	}
	const deliveries = deliveriesOf(turn);
	const accepted = deliveries.findIndex((entry) => !entry.refused);
	if (accepted >= 0) {
		const { status, ms } = deliveries[accepted];
		return {
			className: 'state good',
			text: word('acknowledged', status, Math.round(ms), accepted + 1),
		};
	}
	const last = deliveries.at(-1);
	if (!last) return { className: 'state', text: word('sending') };
	return {
		className: 'state bad',
		text: `${word('refused', reason(last.refused))} ${cure(last.status, last.refused)}`,
	};
}

function answerNodes(answer) {
	const bubble = element(
		'p',
		answer.recalled ? 'bubble theirs recalled' : 'bubble theirs',
		answer.text,
	);
	const notes = [
		answer.recalled && word('recalled'),
		answer.edits && word('edited', answer.edits),
		answer.pushed && word('pushed'),
	].filter(Boolean);
	return notes.length ? [bubble, element('p', 'from', notes.join(' · '))] : [bubble];
}

/** Draws one turn anew, keeping the wire view open and the focus where they were. */
function draw(turn) {
	const { node } = turn;
	const open = node.querySelector('details')?.open ?? false;
	const summaryFocused = node.querySelector('summary') === document.activeElement;
	const parts = [];
	if (turn.text !== undefined) {
		const state = stateOf(turn);
		parts.push(element('p', 'bubble mine', turn.text), element('p', state.className, state.text));
	}
	parts.push(...turn.answers.flatMap(answerNodes));
	turn.waitingNode = undefined;
	if (
		turn.text !== undefined &&
		!turn.answers.length &&
		deliveriesOf(turn).some((entry) => !entry.refused)
	) {
		turn.waitingNode = element('p', 'waiting');
		parts.push(turn.waitingNode);
		tick(turn);
	}
	if (turn.entries.length) parts.push(wireView(turn.entries, open));
	node.replaceChildren(...parts);
	if (summaryFocused) node.querySelector('summary')?.focus();
}

function tick(turn) {
	const waited = seconds(turn);
	turn.waitingNode.textContent = word(waited < SILENT_AFTER_S ? 'waiting' : 'silent', waited);
}

function addTurn(pane, values) {
	pane.empty?.remove();
	pane.empty = undefined;
	const node = element('li', 'turn');
	const turn = { pane, node, entries: [], answers: [], started: Date.now(), ...values };
	pane.turns.push(turn);
	pane.log.append(node);
	return turn;
}

function show(turn) {
	const { log } = turn.pane;
	const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
	draw(turn);
	if (atEnd) log.scrollTop = log.scrollHeight;
}

async function fetchAnswers(turn) {
	const answers = await api(`/answers?messageId=${encodeURIComponent(turn.messageId)}`);
	const { platform } = turn.pane;
	for (const answer of answers.slice(turn.answers.length)) {
		turns.set(answer.messageId, turn);
		announce(word('answered', word(platform), answer.text));
	}
	turn.answers = answers;
	show(turn);
}

function announce(text) {
	document.querySelector('#announcer').textContent = text;
}

function take(entry) {
	lastSeq = Math.max(lastSeq, entry.seq);
	const turn = turns.get(entry.replyTo) ?? turns.get(entry.messageId);
	if (turn) {
		turn.entries.push(entry);
		show(turn);
		fetchAnswers(turn).catch(() => undefined);
		return;
	}
	const key = entry.replyTo ?? entry.messageId;
	if (!key) return;
	const pane = panes.get(entry.service);
	if (entry.direction === 'in' && entry.text && !entry.replyTo && pane) {
		const pushed = addTurn(pane, {
			entries: [entry],
			answers: [{ text: entry.text, pushed: true }],
		});
		show(pushed);
		return;
	}
	early.set(key, [...(early.get(key) ?? []), entry]);
	if (early.size > 200) early.delete(early.keys().next().value);
}

async function send(pane, text) {
	const turn = addTurn(pane, { text });
	show(turn);
	pane.log.scrollTop = pane.log.scrollHeight;
	const chosen = (kind) => pane.section.querySelector(`.${kind} input:checked`).value;
	const bot = pane.platform === 'wecom' ? chosen('bots') : 'app';
	try {
		const said = await api('/say', { platform: pane.platform, bot, type: chosen('types'), text });
		turn.messageId = said.messageId;
		turns.set(said.messageId, turn);
		turn.entries.push(...(early.get(said.messageId) ?? []));
		early.delete(said.messageId);
		await fetchAnswers(turn);
		if (said.deliveries.every((delivery) => delivery.refused)) announce(stateOf(turn).text);
	} catch (error) {
		turn.failure = error.message;
		announce(stateOf(turn).text);
	}
	show(turn);
}

function makePane(platform) {
	const section = document.querySelector('#pane').content.firstElementChild.cloneNode(true);
	section.classList.add(platform);
	const [log, form, input] = ['.log', 'form', 'textarea'].map((name) =>
		section.querySelector(name),
	);
	const [bots, types] = ['.bots', '.types'].map((name) => section.querySelector(name));
	for (const [name, field] of Object.entries({ bots, types })) {
		for (const radio of field.querySelectorAll('input')) radio.name = `${platform}-${name}`;
	}
	const empty = element('li', 'empty');
	log.append(empty);
	const pane = { platform, section, log, input, empty, turns: [] };

	// A self-built WeCom app gets no group messages.
	const fitTypes = () => {
		const appOnly = platform === 'wecom' && bots.querySelector('input:checked').value === 'app';
		types.disabled = appOnly;
		if (appOnly) types.querySelector('[value=direct]').checked = true;
	};
	bots.hidden = platform !== 'wecom';
	bots.addEventListener('change', fitTypes);
	fitTypes();

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		const text = input.value.trim();
		if (!text) return;
		input.value = '';
		send(pane, text);
	});
	input.addEventListener('keydown', (event) => {
		// Enter that ends the choice of a Chinese word belongs to the input method.
		if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
		event.preventDefault();
		form.requestSubmit();
	});
	document.querySelector('main').append(section);
	panes.set(platform, pane);
}

function speak() {
	document.documentElement.lang = currentLanguage() === 'zh' ? 'zh-CN' : 'en';
	document.title = word('title');
	for (const node of document.querySelectorAll('[data-word]'))
		node.textContent = word(node.dataset.word);
	for (const { platform, section, log, input, empty, turns: list } of panes.values()) {
		const name = word(platform);
		section.querySelector('h2').textContent = name;
		section.setAttribute('aria-label', name);
		log.setAttribute('aria-label', word('logOf', name));
		input.setAttribute('aria-label', word('messageTo', name));
		input.placeholder = word('placeholder');
		if (empty) empty.textContent = word('empty');
		for (const turn of list) draw(turn);
	}
}

function listen() {
	const offline = document.querySelector('#offline');
	const events = new EventSource('/sandbox/events');
	events.addEventListener('message', (event) => take(JSON.parse(event.data)));
	events.addEventListener('error', () => {
		offline.hidden = false;
	});
	events.addEventListener('open', async () => {
		const missed = !offline.hidden && lastSeq;
		offline.hidden = true;
		if (!missed) return;
		const { entries } = await api(`/ledger?since=${lastSeq + 1}`);
		entries.forEach(take);
	});
}

function start() {
	PLATFORMS.forEach(makePane);
	const language = document.querySelector('#language');
	language.querySelector(`[value=${currentLanguage()}]`).checked = true;
	language.addEventListener('change', (event) => {
		chooseLanguage(event.target.value);
		speak();
	});
	document.addEventListener('keydown', (event) => {
		const pane =
			(event.altKey || event.ctrlKey) &&
			[...panes.values()][Number(event.code.match(/^Digit([123])$/)?.[1]) - 1];
		if (!pane) return;
		event.preventDefault();
		pane.input.focus();
	});
	setInterval(() => {
		for (const { turns: list } of panes.values()) {
			for (const turn of list) if (turn.waitingNode) tick(turn);
		}
	}, 1000);
	speak();
	listen();
	panes.get('dingtalk').input.focus({ focusVisible: true });
}

start();
