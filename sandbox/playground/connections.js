import { word } from './words.js';

/** An app of WeCom never has a connection. */
const isHttpOnly = (pane) => pane.platform === 'wecom' && pane.bot() === 'app';

/** The open connections of the bot that a pane writes to. */
export const connectionsOf = (pane, connections = pane.connections) =>
	isHttpOnly(pane)
		? []
		: (connections ?? []).filter(
				({ service, botId }) => service === pane.platform && botId === pane.botId(),
			);

const time = (iso) => new Date(iso).toLocaleTimeString(document.documentElement.lang);

function sentence(pane, own) {
	if (isHttpOnly(pane)) return word('httpOnly');
	if (!pane.connections) return word('unknown');
	if (!own.length) return word('unconnected');
	const live = own.filter(({ frozen }) => !frozen);
	return live.length ? word('connected', live.length, time(live[0].since)) : word('frozen');
}

/**
 * Says whether the bot of a pane has a connection and since when, and offers what can befall it.
 *
 * @param {object[]} [connections] undefined where the sandbox does not say
 */
export function drawConnection(pane, connections) {
	pane.connections = connections;
	const own = connectionsOf(pane, connections);
	const isLive = own.some(({ frozen }) => !frozen);
	const [text, ...buttons] = pane.connection.children;
	pane.connection.classList.toggle('live', isLive);
	text.textContent = sentence(pane, own);
	for (const button of buttons) button.hidden = !isLive;
}

/** @param {(pane: object, does: string) => void} befall what a button asks for, by the name of the fault */
export function listenConnection(pane, befall) {
	pane.connection.addEventListener('click', ({ target }) => {
		if (target.value) befall(pane, target.value);
	});
}
