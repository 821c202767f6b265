import { element } from './wire.js';
import { word } from './words.js';

/* Where a pane's messages go: to a bot of the platform, or to a trigger. */

const OTHER = 'other';
const keyOf = (pane) => `clawbot-playground-trigger-${pane.name}`;
const storage = {
	get: (key) => {
		try {
			return sessionStorage.getItem(key) ?? '';
		} catch {
			return ''; // Storage may be off: the choice then lasts as long as the page.
		}
	},
	set: (key, value) => {
		try {
			sessionStorage.setItem(key, value);
		} catch {
			// As above.
		}
	},
};

/** The name of the callback that takes what is said in a pane. */
export const callbackOf = (pane) =>
	pane.bot() === 'app' ? pane.platform : `${pane.platform}-${pane.bot()}`;

/** Those that people made by a scan, of the kind that this pane writes to. */
const madeBots = (pane) =>
	(pane.bots ?? []).filter(
		({ platform, madeBy }) =>
			madeBy && platform === pane.platform && callbackOf(pane) !== 'wecom' && !pane.fixed,
	);

const BOT = 'bot:';

/** The id of the bot that a pane writes to; of the platform's first where no other one is chosen. */
export function botIdOf(pane) {
	const { value } = pane.trigger;
	if (value.startsWith(BOT)) return value.slice(BOT.length);
	return pane.bots?.find(({ platform, madeBy }) => platform === pane.platform && !madeBy)?.id;
}

/** Draws the choice of where to: the bots of the platform, and the triggers that take what this pane sends. */
export function drawTriggers(pane, triggers) {
	const { trigger, url } = pane;
	pane.triggers = triggers;
	const kept = trigger.value || storage.get(keyOf(pane));
	const option = (value, text) => Object.assign(element('option', '', text), { value });
	const fitting = triggers.filter(({ callback }) => callback === callbackOf(pane));
	const group = (label, options) => {
		const node = element('optgroup');
		node.label = word(label);
		node.append(...options);
		return options.length ? [node] : [];
	};
	const triggersOf = (kind) =>
		fitting
			.filter((each) => each.kind === kind)
			.map((each) => option(each.url, `${each.workflow} · ${each.node}`));
	const bots = madeBots(pane).map(({ id, name, brand }) =>
		option(`${BOT}${id}`, `${name}${brand === 'lark' ? ' (Lark)' : ''} · ${id}`),
	);
	trigger.replaceChildren(
		option('', word('bot')),
		...group('madeByScan', bots),
		...group('published', triggersOf('published')),
		...group('test', triggersOf('test')),
		option(OTHER, word('otherUrl')),
	);
	trigger.value = [...trigger.options].some(({ value }) => value === kept) ? kept : '';
	url.hidden = trigger.value !== OTHER;
}

/** Where this pane's messages go; nothing: where the sandbox sends them by itself. */
export function targetOf(pane) {
	const { trigger, url } = pane;
	if (trigger.value.startsWith(BOT)) return { botId: botIdOf(pane) };
	const address = trigger.value === OTHER ? url.value.trim() : trigger.value;
	return address ? { url: address } : {};
}

/** Lets a pane write to a bot that was made by a scan. */
export function aim(pane, botId) {
	drawTriggers(pane, pane.triggers);
	pane.trigger.value = `${BOT}${botId}`;
	keepTarget(pane);
}

/** Whether the page before this one wrote to a bot that was made by a scan. */
export const isAimed = (pane) => storage.get(keyOf(pane)).startsWith(BOT);

/** The choice of where to outlives the page. */
export function keepTarget(pane) {
	const { trigger, url } = pane;
	storage.set(keyOf(pane), trigger.value);
	url.hidden = trigger.value !== OTHER;
}
