import type { TimeContext } from '../common/time';
import { readScopes } from '../accessTokens/apiKeys';
import { asText, type Fields } from '../../protocol/fields';
import { html, pageOf, type Html } from '../common/html';
import { safeEqual } from '../../protocol/verify';
import { clientsOf, seenOf } from './apiKeys';
import { propose, rollBack, settle, type KeyDecision, type Proposal, type Trial } from './change';
import { listView } from './view';

export interface HtmlPage {
	status: number;
	html: string;
}

/** What is to be saved, and the page to be shown after that: it may hold a secret, what is saved does not. */
export interface KeyPageOutcome {
	decision: KeyDecision;
	page: HtmlPage;
}

/** A form of the page, after somebody checked who sends it. */
export interface KeyPageRequest {
	/** Fields of the form; empty for a look. */
	body: Fields;
	/** Name of the person, for the audit. */
	user: string;
}

/** What the page is made of. */
export interface KeyTables {
	/** `clawbot_api_keys`. */
	apiKeys: unknown[];
	/** `clawbot_keys`. */
	keys: Fields[];
}

/** Letters of any script: people name clients in Chinese. */
const CLIENT = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,62}[\p{L}\p{N}])?$/u;

const REFUSALS = {
	form: [
		403,
		'表单无效或已过期，没有做任何改动：请回到列表重试。 This form is not valid (any more); nothing was changed. Go back to the list and try again.',
	],
	action: [400, '没有这个操作。 There is no such action.'],
	name: [
		400,
		'调用方名称：1 到 64 个字母、数字、空格或 . _ -。 A client is named with 1 to 64 letters, digits, spaces or . _ -',
	],
	scopes: [400, '请至少选择一个权限。 Choose at least one scope.'],
	exists: [409, '它已有密钥，请更换。 This client has a key already: change that one.'],
	changed: [
		409,
		'页面打开之后密钥已变动，没有做任何改动：请看清列表再操作。 The key was changed since this page was opened; nothing was changed. Look at the list first.',
	],
	nothing: [
		409,
		'没有可以恢复的原密钥：它已停用。 There is no key to go back to: the one before has ended.',
	],
} as const;

/**
 * The operators' page of keys. Looking changes nothing; every change is a form with the token, because a browser
 * sends the password of the page with forged forms as well. A form also names the key that it was shown with: sent
 * twice, it changes once. Never throws.
 * @returns a page, where something changes with what to save before; or a new key, which comes back through `afterTrial`
 */
export function answerPage(
	{ apiKeys, keys }: KeyTables,
	{ body, user }: KeyPageRequest,
	time: TimeContext & { csrf: string },
): { page: HtmlPage } | KeyPageOutcome | { proposal: Proposal } {
	const { now, csrf } = time;
	const clients = clientsOf(apiKeys, now);
	const action = asText(body.action);
	if (action === '') return { page: pageWith(200, listView(clients, keys, time)) };
	if (!csrf || !safeEqual(asText(body.csrf), csrf)) return refuse('form');
	const name = asText(body.client).trim();
	const client = clients.find((each) => each.name === name);
	const asking = { ...time, by: user, leaked: asText(body.leaked) === '1' };
	if (action === 'make') {
		if (!CLIENT.test(name)) return refuse('name');
		if (client) return refuse('exists');
		const scopes = readScopes([body.scopes].flat().map(asText).join(' '));
		if (scopes.length === 0) return refuse('scopes');
		return { proposal: propose({ name, active: [], retiring: [] }, scopes, asking) };
	}
	if (action !== 'change' && action !== 'rollBack') return refuse('action');
	if (!client || seenOf(client) !== asText(body.seen)) return refuse('changed');
	if (action === 'change') {
		const [newest] = [...client.active, ...client.retiring];
		return { proposal: propose(client, newest!.scopes, asking) };
	}
	if (client.retiring.length === 0) return refuse('nothing');
	return withPage(rollBack(client, asking), 200, rolledBackView(name));
}

/** What comes of a new key after it was tried. */
export function afterTrial(proposal: Proposal, trial: Trial, time: TimeContext): KeyPageOutcome {
	const decision = settle(proposal, trial, time);
	return trial.works
		? withPage(decision, 200, newKeyView(proposal))
		: withPage(decision, 502, failedView(trial));
}

function refuse(reason: keyof typeof REFUSALS): { page: HtmlPage } {
	const [status, text] = REFUSALS[reason];
	return {
		page: pageWith(
			status,
			html`<p class="note">${text}</p>
				${back}`,
		),
	};
}

const withPage = (decision: KeyDecision, status: number, body: Html): KeyPageOutcome => ({
	decision,
	page: pageWith(status, body),
});

const pageWith = (status: number, body: Html): HtmlPage => ({ status, html: pageOf('keys', body) });

const back = html`<p><a href="?">返回列表 Back to the list</a></p>`;

function newKeyView({ trial, secret, others, leaked }: Proposal): Html {
	const old =
		others.length === 0
			? html``
			: leaked
				? html`<p>
						原密钥及其访问令牌 5 秒内失效。 Every key before ends within 5 seconds, and its access
						tokens with it.
					</p>`
				: html`<p>
						原密钥 24 小时内仍然有效：请在此期间改好调用方。 The key before stays valid for 24
						hours: change the client in that time.
					</p>`;
	return html`<p class="note">
			新密钥已试用成功并启用。 The new key was tried, works, and is the active one: ${trial.client}
		</p>
		<p>
			<strong>
				只显示这一次，请立即保存。 It is shown this once: keep it now. Key ID and secret:
			</strong>
		</p>
		<pre>${trial.keyId}:${secret}</pre>
		${old}${back}`;
}

const failedView = ({ reason }: Trial): Html =>
	html`<p class="note">
			新密钥试用失败，没有更换；原密钥照常有效。 The new key did not work when it was tried; nothing
			was changed, and the key before stays valid.
		</p>
		<pre>${reason}</pre>
		${back}`;

const rolledBackView = (client: string): Html =>
	html`<p class="note">原密钥已恢复。 The key before is the active one again: ${client}</p>
		${back}`;
