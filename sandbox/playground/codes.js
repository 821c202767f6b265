import { element } from './wire.js';
import { reason, word } from './words.js';

/* The phone: what people do with the codes that wait for a scan. */

const isOpen = ({ state, expires }) =>
	(state === 'waiting' || state === 'scanned') && expires > Date.now();

const minutes = ({ expires }) => Math.max(1, Math.ceil((expires - Date.now()) / 60_000));

/** A button that is told apart by what it does. */
const button = (does) => {
	const node = element('button', does);
	Object.assign(node, { type: 'button', value: does });
	return node;
};

/** The nodes of one code; they stay while it waits, and with them what somebody has typed. */
function makeRow(code) {
	const node = element('li', 'code');
	const title = element('p');
	const address = element('input', 'address');
	Object.assign(address, { type: 'url', spellcheck: false, value: code.address });
	const phone = element('div', 'phone');
	const lark = element('label', 'lark');
	const larkBox = element('input');
	larkBox.type = 'checkbox';
	lark.append(larkBox, element('span'));
	const offered = element('p', 'offered');
	const mistake = element('p', 'mistake');
	mistake.setAttribute('role', 'alert');
	const [scan, confirm, deny] = ['scan', 'confirm', 'deny'].map(button);
	phone.append(offered, lark, confirm, deny);
	node.append(title, address, scan, phone, mistake);
	// Only Feishu's programs add anything to an address.
	address.hidden = code.platform !== 'feishu';
	lark.hidden = code.platform !== 'feishu';
	const row = { node, title, address, phone, offered, lark, larkBox, mistake };
	return { ...row, scan, confirm, deny, offer: undefined };
}

/** What the phone asks, in words. */
function question({ name, updates, grants }, { platform }) {
	const what = updates ? word('offerUpdate', updates) : word('offerNew', name);
	if (platform !== 'feishu') return what;
	if (!grants) return word('offerWith', what, word('offerOwn'));
	const { scopes, events, callbacks } = grants;
	const names = [...Object.values(scopes), ...Object.values(events), callbacks].flat();
	const gets = names.length ? word('offerGrants', names.join(', ')) : word('offerNothing');
	return word('offerWith', what, gets);
}

function speakRow(code, row) {
	row.title.textContent = word('code', code.code, code.source, minutes(code));
	row.address.setAttribute('aria-label', word('codeAddress'));
	row.address.title = word('codeAddress');
	row.lark.lastChild.textContent = word('lark');
	for (const does of ['scan', 'confirm', 'deny']) row[does].textContent = word(does);
	row.scan.title = word('scanHint');
	row.scan.hidden = Boolean(row.offer);
	row.phone.hidden = !row.offer;
	if (row.offer) row.offered.textContent = question(row.offer, code);
	row.mistake.textContent = row.failure ? reason(row.failure) : '';
}

/** Draws the codes of a pane that wait for somebody. */
export function drawCodes(pane, codes) {
	const { rows } = pane.codes;
	const open = codes.filter((code) => code.platform === pane.platform && isOpen(code));
	pane.codes.list = codes;
	for (const [name, { node }] of rows) {
		if (open.some(({ code }) => code === name)) continue;
		node.remove();
		rows.delete(name);
	}
	for (const code of open) {
		if (!rows.has(code.code)) {
			const row = makeRow(code);
			rows.set(code.code, row);
			pane.codes.node.append(row.node);
			row.node.addEventListener('click', ({ target }) => {
				if (target.value && target.type === 'button') pane.codes.act(code, target.value);
			});
		}
		speakRow(code, rows.get(code.code));
	}
}

/**
 * Lets people play the phone in a pane.
 *
 * @param {(pane: object, body: object) => Promise<object>} phone does something with a code
 */
export function listenCodes(pane, phone) {
	const act = async (code, does) => {
		const row = pane.codes.rows.get(code.code);
		const address = row.address.value.trim();
		const brand = row.larkBox.checked ? 'lark' : undefined;
		row.failure = undefined;
		try {
			({ offer: row.offer } = await phone(pane, { address, does, from: pane.person.value, brand }));
		} catch (error) {
			row.failure = error.message;
			row.offer = undefined;
		}
		drawCodes(pane, pane.codes.list);
		if (does === 'scan' && row.offer) row.confirm.focus();
		if (does !== 'scan' && !row.failure) pane.input.focus();
	};
	pane.codes = { node: pane.section.querySelector('.codes'), rows: new Map(), list: [], act };
}

/** Somebody has opened the address of a code in this browser: as if the phone had scanned it. */
export async function scanAddress(panes, address) {
	const begins = ({ address: own }) => address.startsWith(own);
	for (const pane of panes.values()) {
		const code = pane.codes?.list.find(begins);
		const row = code && pane.codes.rows.get(code.code);
		if (!row || code.platform !== pane.platform) continue;
		row.address.value = address;
		await pane.codes.act(code, 'scan');
		row.node.scrollIntoView({ block: 'nearest' });
		return true;
	}
	return false;
}
