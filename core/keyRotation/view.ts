import { SCOPES, type ApiKey } from '../accessTokens/apiKeys';
import type { Fields } from '../../protocol/fields';
import { html, tableOf, type Html, type Value } from '../common/html';
import { seenOf, type Client } from './apiKeys';
import { ageOf, daysLeft, readKeys } from './keys';
import { type TimeContext, dayOf, daysBetween, timeText } from '../common/time';

type Viewing = TimeContext & { csrf: string };

/** Keys of the Robot API with what can be done, and the age of every key in the operator's table. */
export function listView(clients: Client[], keys: Fields[], viewing: Viewing): Html {
	return html`<h2>Robot API 密钥 · Keys of the Robot API</h2>
		${clients.length === 0
			? html`<p class="soft">还没有 There is none yet</p>`
			: tableOf(
					['调用方 Client', '密钥 Keys', '权限 Scopes', ''],
					clients.map((client) => cellsOf(client, viewing)),
				)}
		${makeForm(viewing)}
		<h2>所有密钥 · Every key of the table clawbot_keys</h2>
		${agesView(keys, viewing)}`;
}

function cellsOf(client: Client, viewing: Viewing): Value[] {
	const keys = [...client.active, ...client.retiring];
	const leaked = html`<label
		><input type="checkbox" name="leaked" value="1" /> 已泄露，立即停用其他密钥 leaked: end the
		others at once</label
	>`;
	const change = changeForm(
		'change',
		client,
		viewing,
		html`<button class="main">更换 Change</button>${leaked}`,
	);
	const rollBack =
		client.retiring.length > 0 &&
		changeForm('rollBack', client, viewing, html`<button>恢复原密钥 Roll back</button>${leaked}`);
	return [
		client.name,
		keys.map((key) => html`<div>${keyText(key, viewing)}</div>`),
		keys[0]!.scopes.join(' '),
		html`${change} ${rollBack}`,
	];
}

function keyText({ keyId, status, createdAtMs, expiresAtMs }: ApiKey, viewing: Viewing): Html {
	const { now, timezone } = viewing;
	const age = daysBetween(dayOf(createdAtMs, timezone), dayOf(now, timezone));
	const until = expiresAtMs > 0 ? `，有效至 valid until ${timeText(expiresAtMs, timezone)}` : '';
	return html`<code>${keyId}</code> ${status === 'active'
			? '使用中 active'
			: '交替中 retiring'}，${age}
		天 d${until}`;
}

const fieldsOf = (fields: Record<string, string>): Html[] =>
	Object.entries(fields).map(
		([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
	);

function changeForm(action: string, client: Client, { csrf }: Viewing, content: Html): Html {
	return html`<form method="post" action="?" class="bar">
		${fieldsOf({ csrf, action, client: client.name, seen: seenOf(client) })}${content}
	</form>`;
}

const makeForm = ({ csrf }: Viewing): Html =>
	html`<h2>新的调用方 · A new client</h2>
		<form method="post" action="?" class="bar">
			${fieldsOf({ csrf, action: 'make' })}<input
				name="client"
				maxlength="64"
				required
				placeholder="名称 name"
			/>
			${SCOPES.map(
				(scope) =>
					html`<label><input type="checkbox" name="scopes" value="${scope}" /> ${scope}</label> `,
			)}<button>生成密钥 Make a key</button>
		</form>`;

function agesView(rows: Fields[], viewing: Viewing): Html {
	const { keys, mistakes } = readKeys(rows, viewing);
	if (keys.length + mistakes.length === 0) {
		return html`<p class="soft">
			表是空的：请在 n8n 的 Data tables 中填写。 The table is empty: fill it in under Data tables in
			n8n.
		</p>`;
	}
	const sorted = [...keys].sort((a, b) => daysLeft(a, viewing) - daysLeft(b, viewing));
	const columns = [
		'名称 Name',
		'在哪里 Where',
		'负责人 Owner',
		{ name: '启用 Since', tight: true as const },
		'天数 Age, days',
		'剩余 Days left',
	];
	const cells = sorted.map((key): Value[] => {
		const left = daysLeft(key, viewing);
		return [
			key.name,
			key.where,
			key.owner,
			key.issued,
			ageOf(key, viewing),
			left <= 0 ? html`<strong>${left}</strong>` : left,
		];
	});
	return html`${tableOf(columns, cells)}
	${mistakes.map(({ name, problem }) => html`<p class="note">${name}: ${problem}</p>`)}`;
}
