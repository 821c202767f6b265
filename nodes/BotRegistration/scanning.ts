import type { IExecuteFunctions } from 'n8n-workflow';
import { expected } from '../../core/common/defects';
import {
	begin,
	cancel,
	isOpen,
	look,
	mayAsk,
	step,
	type EndedRegistration,
	type RegistrationFlow,
} from '../../core/registration/flow';
import { madePage } from '../../core/registration/botView';
import { both, notePage } from '../../core/registration/forms';
import { meet, type NewPerson } from '../../core/registration/newPersons';
import { sealScan, unsealScan, type Scan, type WantedScan } from '../../core/registration/scan';
import {
	beginAgain,
	codePage,
	endedPage,
	overPage,
	unknownScan,
} from '../../core/registration/scanView';
import { problemWords } from '../../core/registration/words';
import { RegistrationError, type RegistrationGrant } from '../../protocol/registration';
import { registrationOf } from '../platforms/registrations';
import type { PlatformRegistration, RegistrationCall } from '../shared/registration';
import type { Answering, PageOutcome } from './answer';
import { boundOf, keepGrant, letGreet, refusalOf } from './connectBot';
import { exchange } from './exchange';
import { N8nRefusal } from './n8nApi';
import { beginScan, endScan, flowOf, isCurrent, noteFlow, oneLook, sealKeyOf } from './scans';
import { settingsOf } from './settings';

/* A scan from its code to the bot: the page asks the platform when it is looked at, and not sooner than may be. */

const BOUNDS = { timeoutMs: 10_000, maxBytes: 256_000 };

const callBy =
	(ctx: IExecuteFunctions): RegistrationCall =>
	async (request) =>
		await exchange(ctx, request, BOUNDS);

/**
 * n8n is asked first whether it will take the credentials.
 * @param appId of the app that is to be updated
 */
export async function beginScanning(
	{ ctx, api, context }: Answering,
	wanted: WantedScan,
	appId?: string,
): Promise<PageOutcome> {
	const { platform } = wanted;
	await api.check();
	try {
		const settings = settingsOf(ctx, platform);
		const code = await registrationOf(platform).begin(callBy(ctx), settings, appId);
		const { now } = context;
		const begun = { ...wanted, flow: begin(code, now) };
		const scan = beginScan(ctx, begun, now);
		return { page: codePage(scan, sealScan(scan, sealKeyOf(ctx)), context) };
	} catch (error) {
		const problem = expected(error, RegistrationError);
		return {
			page: notePage(502, both(problemWords(problem)), beginAgain(wanted, context)),
		};
	}
}

/** The scan of a page's address, or why there is none that counts. */
function openScan({ ctx, context }: Answering, text: string): Scan | PageOutcome {
	const scan = unsealScan(text, sealKeyOf(ctx));
	if (!scan) return { page: notePage(400, unknownScan) };
	return isCurrent(ctx, scan) ? scan : { page: overPage(scan, context) };
}

export async function lookAtScan(answering: Answering, text: string): Promise<PageOutcome> {
	const scan = openScan(answering, text);
	if ('page' in scan) return scan;
	return await oneLook(scan, async () => await lookOnce(answering, scan));
}

async function lookOnce(answering: Answering, scan: Scan): Promise<PageOutcome> {
	const { ctx, context } = answering;
	const flow = flowOf(scan);
	if (!mayAsk(flow, context.now)) return shown(answering, scan, look(flow, context.now));
	const registration = registrationOf(scan.platform);
	const settings = settingsOf(ctx, scan.platform);
	const answer = await registration.ask(callBy(ctx), flow, settings);
	const next = step(flow, answer, Date.now());
	if (answer.status !== 'granted') return shown(answering, scan, next);
	endScan(ctx, scan, Date.now());
	return await granted(answering, scan, { registration, answer });
}

function shown({ ctx, context }: Answering, scan: Scan, flow: RegistrationFlow): PageOutcome {
	const now = Date.now();
	if (!isOpen(flow)) {
		endScan(ctx, scan, now);
		return { page: endedPage(scan, flow, context) };
	}
	noteFlow(scan, flow);
	const next = { ...scan, flow };
	return { page: codePage(next, sealScan(next, sealKeyOf(ctx)), { ...context, now }) };
}

export function cancelScan(answering: Answering, text: string): PageOutcome {
	const scan = openScan(answering, text);
	if ('page' in scan) return scan;
	const { ctx, context } = answering;
	const ended = cancel(flowOf(scan), context.now) as EndedRegistration;
	endScan(ctx, scan, context.now);
	return { page: endedPage(scan, ended, context) };
}

interface Granted {
	registration: PlatformRegistration;
	answer: RegistrationGrant;
}

/** What to do where n8n did not keep what a platform gave once. */
const LOST =
	'平台已创建机器人，但 n8n 没有保存它的凭证，而凭证只给一次：请在平台后台删除它，或从那里取得凭证手动填写。 The platform has made the bot, but n8n did not keep its credentials, which are given once: delete it in the platform’s console, or enter its credentials by hand.';

async function granted(
	answering: Answering,
	scan: Scan,
	{ registration, answer }: Granted,
): Promise<PageOutcome> {
	const { api } = answering;
	const kept = await keepGrant(api, {
		registration,
		values: answer.values,
		replaces: scan.replaces,
		updates: scan.updates,
	});
	if (kept instanceof N8nRefusal) {
		return { page: notePage(502, `${LOST} ${both(kept.words)}`) };
	}
	if (scan.replaces) return { page: notePage(200, scan.updates ? UPDATED : replaced(kept.name)) };
	const met = metBy(scan, kept.id, answer);
	const said = await introduce(answering, { registration, answer, kept });
	return { page: madePage(kept, said), ...(met && { met }) };
}

const UPDATED = '权限已补充。 The app has the permissions now.';

const replaced = (name: string): string =>
	`已更换：原来的流程在 30 秒内改用 ${name}。 Replaced: the workflows use the new bot within 30 seconds.`;

const metBy = (scan: Scan, id: string, { person }: RegistrationGrant): NewPerson | undefined =>
	person && meet({ credential: id, platform: scan.platform, sender: person, now: Date.now() });

/** Opens the bot's connection, and greets who has scanned. What goes wrong is said; the bot is there. */
async function introduce(
	{ ctx, api, greetingId, greeting }: Answering,
	{ registration, answer, kept }: Granted & { kept: { id: string; name: string } },
): Promise<string> {
	try {
		await letGreet(api, greetingId, boundOf(registration, kept));
	} catch (error) {
		return both(refusalOf(error).words);
	}
	const { person, values } = answer;
	if (!person || !registration.greet) return '';
	const told = { personId: person.id, text: greeting };
	const failed = await registration.greet(callBy(ctx), values, told);
	return failed ? '没有能发出问候。 The greeting could not be sent.' : '';
}
