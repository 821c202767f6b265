import { drawCodes, listenCodes } from './codes.js';
import { drawConnection, listenConnection } from './connections.js';
import {
	aim,
	botIdOf,
	callbackOf,
	drawTriggers,
	isAimed,
	keepTarget,
	targetOf,
} from './targets.js';
import { element } from './wire.js';
import { word } from './words.js';

const PEOPLE = ['zhangsan', 'lisi', 'wangwu'];
const MOST_BYTES = 20 * 1024 * 1024;

/** The group of operators has a pane of its own, where all group robots write. */
export const PANES = [
	{ name: 'dingtalk', platform: 'dingtalk' },
	{ name: 'feishu', platform: 'feishu' },
	{ name: 'wecom', platform: 'wecom' },
	{ name: 'operations', platform: 'wecom', fixed: { bot: 'aibot', type: 'group' } },
];

const chosen = (pane, kind) => pane.section.querySelector(`.${kind} input:checked`).value;
const botOf = (pane) =>
	pane.fixed?.bot ?? (pane.platform === 'wecom' ? chosen(pane, 'bots') : 'app');
const typeOf = (pane) => pane.fixed?.type ?? chosen(pane, 'types');

/** A scan makes no apps of WeCom. */
function chooseAiBot(pane) {
	if (pane.platform !== 'wecom') return;
	pane.section.querySelector('.bots [value=aibot]').checked = true;
	fit(pane);
}

/** Lets a pane write to a bot that was made by a scan. */
export function chooseBot(pane, { id }) {
	chooseAiBot(pane);
	aim(pane, id);
	drawConnection(pane, pane.connections);
}

/** A bubble above the field says what the next message quotes or carries, and takes it back. */
function drawExtras(pane) {
	const chip = (text, drop) => {
		const node = element('p', 'extra', text);
		const button = element('button', 'drop', '×');
		button.type = 'button';
		button.setAttribute('aria-label', word('remove'));
		button.addEventListener('click', () => {
			drop();
			drawExtras(pane);
			pane.input.focus();
		});
		node.append(button);
		return node;
	};
	const { quoted, attached } = pane;
	pane.extras.replaceChildren(
		...(quoted ? [chip(`❝ ${quoted.text.slice(0, 80)}`, () => (pane.quoted = undefined))] : []),
		...(attached ? [chip(`▤ ${attached.name}`, () => (pane.attached = undefined))] : []),
		...(pane.mistake ? [element('p', 'extra bad', pane.mistake)] : []),
	);
	pane.mistake = undefined;
}

async function attach(pane, file) {
	if (!file) return;
	if (file.size > MOST_BYTES) {
		pane.mistake = word('tooBig');
		return drawExtras(pane);
	}
	const bytes = new Uint8Array(await file.arrayBuffer());
	let binary = '';
	for (let at = 0; at < bytes.length; at += 32_768) {
		binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
	}
	pane.attached = { name: file.name, contentType: file.type, data: btoa(binary) };
	drawExtras(pane);
	pane.input.focus();
}

const kindOf = ({ contentType }) => /^(image|audio|video)\//.exec(contentType)?.[1] ?? 'file';

/**
 * What is to be said, as the sandbox takes it. A picture takes the text along where the platform has such
 * messages, a voice as its transcript; else the text follows as a message of its own.
 */
function takeMessages(pane) {
	const { attached, quoted, input } = pane;
	const text = input.value.trim();
	if (!text && !attached) return [];
	input.value = '';
	pane.attached = undefined;
	pane.quoted = undefined;
	drawExtras(pane);
	const type = typeOf(pane);
	const said = {
		platform: pane.platform,
		bot: botOf(pane),
		type,
		from: pane.person.value,
		text,
		...(pane.conversation && { conversation: pane.conversation }),
		...(type === 'group' && { mention: pane.mention.checked }),
		...targetOf(pane),
		...(quoted && { quote: quoted.messageId, quotedText: quoted.text }),
	};
	if (!attached) return [said];
	const kind = kindOf(attached);
	const mixed = kind === 'image' && text && callbackOf(pane) !== 'wecom';
	const takesText = mixed || kind === 'audio';
	const contentType = mixed ? 'richText' : kind;
	const name = kind === 'image' ? '' : attached.name;
	const file = { ...said, text: takesText ? text : name, contentType, file: attached };
	return takesText || !text ? [file] : [file, said];
}

/** A self-built WeCom app gets no group messages, and only in a group is anybody mentioned. */
function fit(pane) {
	const types = pane.section.querySelector('.types');
	const appOnly = pane.platform === 'wecom' && botOf(pane) === 'app';
	types.disabled = appOnly;
	if (appOnly) types.querySelector('[value=direct]').checked = true;
	pane.mention.parentElement.hidden = typeOf(pane) !== 'group';
}

/** @param {{ send(pane: object, message: object): void, befall(pane: object, does: string): void, refresh(): void, phone(pane: object, body: object): Promise<object> }} doing */
export function makePane(definition, doing) {
	const section = document.querySelector('#pane').content.firstElementChild.cloneNode(true);
	section.classList.add(definition.name);
	const find = (name) => section.querySelector(name);
	const empty = element('li', 'empty');
	const pane = { ...definition, section, empty, turns: [], triggers: [], connections: [] };
	pane.bot = () => botOf(pane);
	pane.botId = () => botIdOf(pane);
	for (const name of ['log', 'person', 'trigger', 'url', 'extras', 'connection']) {
		pane[name] = find(`.${name}`);
	}
	pane.input = find('textarea');
	pane.mention = find('.mention input');
	pane.quote = (quoted) => {
		pane.quoted = quoted;
		drawExtras(pane);
		pane.input.focus();
	};
	pane.log.append(empty);
	pane.person.append(...PEOPLE.map((id) => Object.assign(element('option'), { value: id })));
	for (const name of ['bots', 'types']) {
		for (const radio of section.querySelectorAll(`.${name} input`)) {
			radio.name = `${definition.name}-${name}`;
		}
	}
	find('.bots').hidden = definition.platform !== 'wecom' || Boolean(definition.fixed);
	find('.types').hidden = Boolean(definition.fixed);
	listen(pane, find, doing);
	fit(pane);
	if (isAimed(pane)) chooseAiBot(pane);
	document.querySelector('main').append(section);
	return pane;
}

function listen(pane, find, { send, befall, refresh, phone }) {
	const { input, trigger, url } = pane;
	listenConnection(pane, befall);
	if (!pane.fixed) listenCodes(pane, phone);
	find('.bots').addEventListener('change', () => {
		fit(pane);
		drawTriggers(pane, pane.triggers);
		drawConnection(pane, pane.connections);
	});
	find('.types').addEventListener('change', () => fit(pane));
	// What is published may have changed since.
	trigger.addEventListener('focus', refresh);
	trigger.addEventListener('change', () => {
		keepTarget(pane);
		drawConnection(pane, pane.connections);
		if (!url.hidden) url.focus();
	});
	find('.attach input').addEventListener('change', async (event) => {
		const [file] = event.target.files;
		await attach(pane, file);
		event.target.value = '';
	});
	const form = find('form');
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		for (const message of takeMessages(pane)) await send(pane, message);
	});
	input.addEventListener('keydown', (event) => {
		// Enter that ends the choice of a Chinese word belongs to the input method.
		if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
		event.preventDefault();
		form.requestSubmit();
	});
}

/** The words of a pane in the page's language. */
export function speakPane(pane) {
	const { name, section, log, input, empty, trigger, url, person } = pane;
	const title = word(name);
	section.querySelector('h2').textContent = title;
	section.setAttribute('aria-label', title);
	log.setAttribute('aria-label', word('logOf', title));
	input.setAttribute('aria-label', word('messageTo', title));
	input.placeholder = word(name === 'operations' ? 'placeholderOperations' : 'placeholder');
	section.querySelector('.attach input').setAttribute('aria-label', word('attach'));
	section.querySelector('.attach').title = word('attach');
	trigger.setAttribute('aria-label', word('to'));
	url.setAttribute('aria-label', word('url'));
	url.placeholder = word('url');
	person.setAttribute('aria-label', word('as'));
	for (const option of person.options) option.textContent = word('person', option.value);
	for (const name of ['freeze', 'disconnect']) {
		section.querySelector(`.${name}`).title = word(`${name}Hint`);
	}
	if (empty) empty.textContent = word(name === 'operations' ? 'emptyOperations' : 'empty');
	drawTriggers(pane, pane.triggers);
	drawConnection(pane, pane.connections);
	if (!pane.codes) return;
	pane.codes.node.setAttribute('aria-label', word('codesOf', title));
	drawCodes(pane, pane.codes.list);
}
