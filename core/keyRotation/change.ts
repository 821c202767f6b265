import type { OperationsNotification } from '../common/notification';
import type { ApiKeyRow, Scope } from '../accessTokens/apiKeys';
import { newTrial, switchTo, withdraw, type Change, type Client, type KeyState } from './apiKeys';
import { auditRow, type AuditRow } from './audit';
import { type TimeContext, timeText } from '../common/time';

/** What is written of a Robot API key into the operator's table `clawbot_keys`. */
export interface KeyAge {
	name: string;
	kind: 'robotApi';
	where: string;
	/** ISO 8601. */
	issuedAt: string;
}

/** All that is to be saved and said after a decision, in the order of the fields. */
export interface KeyDecision {
	changes: Change[];
	audit: AuditRow[];
	ages: KeyAge[];
	notices: OperationsNotification[];
}

/** A new key that has yet to prove itself. */
export interface Proposal {
	/** The row to store for the trial. */
	trial: ApiKeyRow;
	/** In memory until the page with it was shown, and nowhere else. */
	secret: string;
	by: string;
	/** The keys that it replaces end at once. */
	leaked: boolean;
	/** The client's active keys; where one leaked, every other key of it. */
	others: KeyState[];
}

/** What the token endpoint answered to the new key. */
export interface Trial {
	works: boolean;
	/** Why not, without secrets. */
	reason: string;
}

export interface KeyChangeContext extends TimeContext {
	/** Name that the page was opened with. */
	by: string;
	leaked: boolean;
}

const stateOf = ({ keyId, status, expiresAtMs }: KeyState): KeyState => ({
	keyId,
	status,
	expiresAtMs,
});

/** A key that leaked may be the one before the active one: all end. */
const replaced = ({ active, retiring }: Client, leaked: boolean): KeyState[] =>
	[...active, ...(leaked ? retiring : [])].map(stateOf);

/** A key that is to replace all active ones of a client, or its first. */
export function propose(
	client: Client,
	scopes: readonly Scope[],
	{ by, leaked, now }: KeyChangeContext,
): Proposal {
	const { row, secret } = newTrial(client.name, scopes, now);
	return { trial: row, secret, by, leaked, others: replaced(client, leaked) };
}

/** After the trial: the new key is the active one, or it ends and everything stays as it was. */
export function settle(proposal: Proposal, trial: Trial, time: TimeContext): KeyDecision {
	const { trial: key, by, others, leaked } = proposal;
	const made = auditRow(key.createdAtMs, {
		key: key.keyId,
		action: 'made',
		by,
		detail: key.client,
	});
	if (!trial.works) {
		const { now } = time;
		return {
			changes: withdraw(key, now),
			notices: [
				{
					title: '密钥未更换 API key not changed',
					text: `⚠️ ${key.client}: 新密钥试用失败，原密钥照常有效。 The new key did not work; nothing was changed.\n${trial.reason}`,
					key: `api-key:${key.keyId}:refused`,
					priority: 'alert',
				},
			],
			audit: [made, auditRow(now, { key: key.keyId, action: 'refused', by, detail: trial.reason })],
			ages: [],
		};
	}
	const { now } = time;
	const decision = switched(
		key,
		{ client: key.client, action: 'switched', others },
		{ ...time, by, leaked },
	);
	return {
		...decision,
		audit: [made, ...decision.audit],
		ages: [ageOf(key.client, now)],
	};
}

/** The key before is the active one again. */
export function rollBack(client: Client, asking: KeyChangeContext): KeyDecision {
	const [before, ...retiring] = client.retiring;
	const others = replaced({ ...client, retiring }, asking.leaked);
	return {
		...switched(before!, { client: client.name, action: 'rolledBack', others }, asking),
		ages: [ageOf(client.name, before!.createdAtMs)],
	};
}

const ageOf = (client: string, issuedAtMs: number): KeyAge => ({
	name: `Robot API: ${client}`,
	kind: 'robotApi',
	where: 'clawbot_api_keys',
	issuedAt: new Date(issuedAtMs).toISOString(),
});

function switched(
	chosen: KeyState,
	about: { client: string; action: 'switched' | 'rolledBack'; others: KeyState[] },
	{ by, leaked, now, timezone }: KeyChangeContext,
): Omit<KeyDecision, 'ages'> {
	const { client, action, others } = about;
	const changes = switchTo(chosen, others, { now, leaked });
	const ends = changes
		.slice(1)
		.map(({ keyId, expiresAtMs }) =>
			leaked
				? `${keyId} 已停用 ended`
				: `${keyId} 有效至 valid until ${timeText(expiresAtMs, timezone)}`,
		);
	const headline =
		action === 'switched'
			? `🔑 ${client}: 启用新密钥 new key ${chosen.keyId}`
			: `↩️ ${client}: 恢复原密钥 back to the key before, ${chosen.keyId}`;
	return {
		changes,
		notices: [
			{
				title: '密钥已更换 API key changed',
				text: [headline, ...ends, `操作人 By: ${by}`].join('\n'),
				key: `api-key:${chosen.keyId}:${action}:${now}`,
				priority: 'broadcast',
			},
		],
		audit: [auditRow(now, { key: chosen.keyId, action, by, detail: [client, ...ends].join('; ') })],
	};
}
