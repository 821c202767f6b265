import { drawCodes, scanAddress } from './codes.js';
import { connectionsOf, drawConnection } from './connections.js';
import { PANES, chooseBot, makePane, speakPane } from './panes.js';
import { drawTriggers } from './targets.js';
import { addTurn, pushedTurn, show, stateOf, tick } from './turns.js';
import { chooseLanguage, currentLanguage, reason, word } from './words.js';

/** By name: `dingtalk`, `feishu`, `wecom`, `operations`. */
const panes = new Map();
/** Turns by the message they began with, and by the messages that answer it. */
const turns = new Map();
/** Ledger entries of messages whose `say` call has not returned yet. */
const early = new Map();
let lastSeq = 0;
let operations;

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

/** For those who see, too. */
function notice(text) {
	const node = document.querySelector('#notice');
	node.textContent = text;
	node.hidden = !text;
}

function announce(text) {
	document.querySelector('#announcer').textContent = text;
}

async function fetchAnswers(turn) {
	const answers = await api(`/answers?messageId=${encodeURIComponent(turn.messageId)}`);
	for (const answer of answers.slice(turn.answers.length)) {
		turns.set(answer.messageId, turn);
		announce(word('answered', word(turn.pane.name), answer.text));
	}
	turn.answers = answers;
	show(turn);
}

/** Group robots write into the group of the operators. */
const isRobot = ({ path }) => /\/(robot\/send|webhook\/send|bot\/v2\/hook\/[^/]+)$/.test(path);
const paneOf = (entry) => panes.get(isRobot(entry) ? 'operations' : entry.service);
const paneOfMessage = ({ platform, conversation }) =>
	panes.get(conversation === operations.id ? 'operations' : platform);

/** What the ledger says when connections come and go, and when something befalls them. */
const CONNECTION_KINDS = ['connect', 'subscribe', 'disconnect', 'fault'];

function drawConnections(connections) {
	for (const pane of panes.values()) drawConnection(pane, connections);
}

async function refreshConnections() {
	drawConnections((await api('/connections')).connections);
}

/** The codes that wait for a scan, and the bots that were made of others. */
async function refreshCodes() {
	const [{ registrations }, { bots }] = await Promise.all([api('/registrations'), api('/bots')]);
	const expiring = registrations.map((code) => ({
		...code,
		expires: Date.now() + code.expiresInMs,
	}));
	for (const pane of panes.values()) {
		const isNew = JSON.stringify(bots) !== JSON.stringify(pane.bots);
		pane.bots = bots;
		// Somebody may be choosing.
		if (isNew) drawTriggers(pane, triggers);
		if (!pane.codes) continue;
		const waiting = pane.codes.rows.size;
		drawCodes(pane, expiring);
		if (pane.codes.rows.size > waiting) announce(word('codeWaits', word(pane.name)));
	}
}

/** Does something with a code; where a bot comes of it, the next message is for that bot. */
async function phone(pane, body) {
	const done = await api('/registrations', body)
		.catch((error) => {
			announce(reason(error.message));
			throw error;
		})
		.finally(refreshCodes);
	if (done.bot) {
		if (done.bot.madeBy) chooseBot(pane, done.bot);
		announce(word('made', done.bot.name));
	}
	return done;
}

/** A code whose address somebody has opened in this browser. */
async function scanOpened() {
	const address = new URLSearchParams(location.search).get('scan');
	if (!address) return;
	history.replaceState(undefined, '', '/');
	if (!(await scanAddress(panes, address))) notice(reason(`${address} is the address of no code`));
}

/** Something happens to the connections of a pane's bot. */
async function befall(pane, does) {
	const own = connectionsOf(pane).map(({ id }) => id);
	const fault = { service: pane.platform, does };
	await Promise.all(own.map((connection) => api('/stream-faults', { ...fault, connection })));
	await refreshConnections();
	announce(`${word(pane.name)}: ${pane.connection.firstElementChild.textContent}`);
}

function take(entry) {
	if (entry.seq <= lastSeq) return;
	lastSeq = entry.seq;
	if (CONNECTION_KINDS.includes(entry.kind)) refreshConnections();
	if (entry.kind === 'registration') refreshCodes();
	const turn = turns.get(entry.replyTo) ?? turns.get(entry.messageId);
	if (turn) {
		turn.entries.push(entry);
		show(turn);
		fetchAnswers(turn).catch(() => undefined);
		return;
	}
	const key = entry.replyTo ?? entry.messageId;
	if (!key) return;
	const pane = paneOf(entry);
	if (entry.direction === 'in' && entry.text && !entry.replyTo && pane) {
		show(pushedTurn(pane, entry));
		return;
	}
	early.set(key, [...(early.get(key) ?? []), entry]);
	if (early.size > 200) early.delete(early.keys().next().value);
}

async function send(pane, { quotedText, ...message }) {
	const { text, from, bot, botId, url, file, contentType, quote } = message;
	const turn = addTurn(pane, {
		...{ text, from, bot, botId, url, contentType },
		silent: message.mention === false,
		...(file && { file: { name: file.name, contentType: file.contentType } }),
		...(quote && { quote: { text: quotedText } }),
	});
	show(turn);
	pane.log.scrollTop = pane.log.scrollHeight;
	try {
		const said = await api('/say', message);
		turn.messageId = said.messageId;
		if (turn.file) turn.file.key = said.file;
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

/** What was said before the page was loaded. */
async function recall() {
	const { messages, pushed, next, operations: group } = await api('/history');
	operations = group;
	panes.get('operations').conversation = group.id;
	lastSeq = next - 1;
	const said = messages.map(({ at, ...message }) => ({
		at,
		put() {
			const values = {
				...message,
				started: at,
				silent: message.type === 'group' && !message.mentionsBot,
			};
			const turn = addTurn(paneOfMessage(message), values);
			turns.set(message.messageId, turn);
			for (const answer of message.answers) turns.set(answer.messageId, turn);
			show(turn);
		},
	}));
	const sent = pushed
		.filter((entry) => !turns.has(entry.messageId))
		.map((entry) => ({
			at: Date.parse(entry.at),
			put: () => show(pushedTurn(paneOf(entry), entry)),
		}));
	for (const { put } of [...said, ...sent].sort((a, b) => a.at - b.at)) put();
	for (const { log } of panes.values()) log.scrollTop = log.scrollHeight;
}

let triggers = [];
/** n8n is asked when somebody is about to choose, and when they come back from it. */
async function refreshTriggers() {
	const found = (await api('/triggers').catch(() => ({ triggers }))).triggers;
	if (JSON.stringify(found) === JSON.stringify(triggers)) return;
	triggers = found;
	for (const pane of panes.values()) drawTriggers(pane, triggers);
}

function speak() {
	document.documentElement.lang = currentLanguage() === 'zh' ? 'zh-CN' : 'en';
	document.title = word('title');
	for (const node of document.querySelectorAll('[data-word]'))
		node.textContent = word(node.dataset.word);
	for (const pane of panes.values()) {
		speakPane(pane);
		for (const turn of pane.turns) show(turn);
	}
}

/** Takes what the ledger noted while nobody listened; one of a sandbox that was started again begins anew. */
async function catchUp() {
	const since = () => api(`/ledger?since=${lastSeq + 1}`);
	let missed = await since();
	if (missed.next <= lastSeq) {
		lastSeq = 0;
		missed = await since();
	}
	missed.entries.forEach(take);
}

function listen() {
	const offline = document.querySelector('#offline');
	const events = new EventSource('/sandbox/events');
	events.addEventListener('message', (event) => take(JSON.parse(event.data)));
	events.addEventListener('error', () => {
		offline.hidden = false;
		drawConnections(undefined);
	});
	events.addEventListener('open', async () => {
		offline.hidden = true;
		await catchUp();
		await refreshCodes();
		await refreshConnections();
	});
}

async function start() {
	const doing = { send, befall, refresh: refreshTriggers, phone };
	for (const definition of PANES) {
		panes.set(definition.name, makePane(definition, doing));
	}
	const language = document.querySelector('#language');
	language.querySelector(`[value=${currentLanguage()}]`).checked = true;
	language.addEventListener('change', (event) => {
		chooseLanguage(event.target.value);
		speak();
	});
	document.addEventListener('keydown', (event) => {
		const pane =
			(event.altKey || event.ctrlKey) &&
			[...panes.values()][Number(event.code.match(/^Digit([1234])$/)?.[1]) - 1];
		if (!pane) return;
		event.preventDefault();
		pane.input.focus();
	});
	setInterval(() => {
		for (const { turns: list } of panes.values()) {
			for (const turn of list) if (turn.waitingNode) tick(turn);
		}
		for (const pane of panes.values()) if (pane.codes) drawCodes(pane, pane.codes.list);
	}, 1000);
	window.addEventListener('focus', refreshTriggers);
	speak();
	panes.get('dingtalk').input.focus({ focusVisible: true });
	await refreshCodes();
	await recall();
	listen();
	await scanOpened();
	await refreshTriggers();
}

start();
