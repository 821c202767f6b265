import { gzipSync } from 'node:zlib';
import { startNginx } from '../../scripts/machine/nginx';
import { callbacksOf } from '../../scripts/system/callbacks';
import { readWorkflows } from '../../scripts/workflows/workflows';
import { bots, type System, type World } from './bot';

/*
 * n8n parses XML with one parser for its whole process, and a malformed body can make it hang for good.
 * What is done against it: a proxy through which no XML comes, and a heartbeat that sets the parser free.
 */

export const POISON = '<xml><<';
const TRIGGER = '/webhook/clawbot-answer-wecom/webhook';

/** Posts a body and returns the status; 0 where no answer came within `ms`. */
async function post(
	url: string,
	body: string,
	headers: Record<string, string>,
	ms = 30_000,
): Promise<number> {
	const signal = AbortSignal.timeout(ms);
	return await fetch(url, { method: 'POST', headers, body, signal }).then(
		({ status }) => status,
		() => 0,
	);
}

/** Straight to n8n, without a proxy. */
export const postXml = async ({ n8n }: System, body: string, ms?: number): Promise<number> =>
	await post(`${n8n.url}${TRIGGER}`, body, { 'content-type': 'text/xml' }, ms);

/** Whether n8n still parses XML: it hangs, or the trigger refuses what is not signed. */
const parsesXml = async (system: System): Promise<boolean> =>
	(await postXml(system, '<xml/>')) === 401;

/** Every way that leads a body to n8n's parser: its paths, and the types that it takes for XML. */
const WAYS: Array<[path: string, type: string]> = [
	[TRIGGER, 'text/xml'],
	[TRIGGER, 'application/xml; charset=utf-8'],
	[TRIGGER, 'Application/SOAP+XML'],
	['/webhook//clawbot-answer-wecom/webhook', 'text/xml'],
	['/webhook/clawbot-answer-wecom/%77ebhook', 'text/xml'],
	['/webhook-test/clawbot-answer-wecom/webhook', 'text/xml'],
	['/webhook/clawbot-heartbeat', 'text/xml'],
	['/webhook/clawbot-heartbeat-answer', 'image/svg+xml'],
	['/webhook-waiting/1', 'text/xml'],
	['/form/x', 'text/xml'],
	['/rest/login', 'text/xml'],
	['/api/v1/workflows', 'text/xml'],
];

/** Tries every way through the proxy, and lets a person write to every bot behind it. */
export async function behindNginx(
	world: World,
	folder: string,
): Promise<{ poisonedBy: string[]; answers: Array<[string, number, number]>; refused: number[] }> {
	const { system } = world;
	const workflows = readWorkflows(folder).map(({ workflow }) => workflow);
	const nginx = await startNginx(Number(new URL(system.n8n.url).port));
	try {
		await system.sandbox.setCallbacks(callbacksOf(workflows, nginx.origin));
		const poisonedBy: string[] = [];
		for (const [path, type] of WAYS) {
			await post(`${nginx.origin}${path}`, POISON, { 'content-type': type });
			if (!(await parsesXml(system))) poisonedBy.push(`${path} ${type}`);
		}
		const answers = await Promise.all(
			bots.map(async ([name, said]): Promise<[string, number, number]> => {
				const { messageId, deliveries } = await world.say({ ...said, text: `Through: ${name}` });
				const seen = await world.answered(messageId);
				return [name, deliveries[0]!.status, seen.length];
			}),
		);
		const trigger = `${nginx.origin}${TRIGGER}`;
		const tooLarge = await post(trigger, 'x'.repeat(1_200_000), {});
		const packed = await post(trigger, 'x', { 'content-encoding': 'gzip' });
		const guesses: number[] = [];
		for (let guess = 0; guess < 25; guess++) {
			const url = `${nginx.origin}/webhook/clawbot-dead-letters`;
			guesses.push(await post(url, '', { authorization: 'Basic eDp5' }));
		}
		const refused = [tooLarge, packed, guesses.at(-1)!];
		return { poisonedBy, answers, refused };
	} finally {
		await system.sandbox.setCallbacks(callbacksOf(workflows, system.n8n.url));
		await nginx.stop();
	}
}

const JSON_TYPE = { 'content-type': 'application/json' };
const PACKED = { ...JSON_TYPE, 'content-encoding': 'gzip' };

/** Bodies that no workflow is to see; the bomb is 200 kB that unpack to 200 MB. */
const BODIES: Array<[what: string, body: string | Buffer<ArrayBuffer>, headers: object]> = [
	['3 MB', JSON.stringify({ text: 'x'.repeat(3e6) }), JSON_TYPE],
	['a bomb', gzipSync(Buffer.alloc(200e6, '0')), PACKED],
	['no gzip', 'x', PACKED],
	['no JSON', '{', JSON_TYPE],
];

/** Where strangers may send: a trigger, a heartbeat, where nothing is, n8n's login and its API. */
const ADDRESSES = [
	TRIGGER,
	'/webhook/clawbot-heartbeat',
	'/webhook/nobody',
	'/rest/login',
	'/api/v1/workflows',
];

/** Whether an answer tells how n8n was installed. */
export const tellsPaths = (text: string): boolean =>
	/stacktrace|node_modules|\.[jt]s:\d/.test(text);

interface AnswerToBody {
	to: string;
	/** 0 where n8n closed the connection, as it does with what it cannot unpack. */
	status: number;
	text: string;
}

async function answersOf(origin: string): Promise<AnswerToBody[]> {
	const answers: AnswerToBody[] = [];
	for (const address of ADDRESSES) {
		for (const [what, body, headers] of BODIES) {
			const sent = { method: 'POST', headers: { ...headers }, body };
			const answer = await fetch(`${origin}${address}`, sent).then(
				async (response) => ({ status: response.status, text: await response.text() }),
				() => ({ status: 0, text: '' }),
			);
			answers.push({ to: `${address}: ${what}`, ...answer });
		}
	}
	return answers;
}

/** What is answered to bodies that no workflow is to see, by n8n itself and through the proxy. */
export async function answersToBodies({
	n8n,
}: System): Promise<Record<'direct' | 'proxied', AnswerToBody[]>> {
	const nginx = await startNginx(Number(new URL(n8n.url).port));
	try {
		return { direct: await answersOf(n8n.url), proxied: await answersOf(nginx.origin) };
	} finally {
		await nginx.stop();
	}
}
