import {
	appIdOf,
	botsOf,
	placesFor,
	triggersOf,
	type KnownBot,
	type PlacedWorkflow,
} from '../../core/registration/bots';
import {
	confirmedPage,
	disconnectPage,
	settledPage,
	waitingPage,
} from '../../core/registration/botView';
import { botPage, notePage, refusalPage, type BotPage } from '../../core/registration/forms';
import { botListView, type ListedBot } from '../../core/registration/listView';
import { personsOf } from '../../core/registration/newPersons';
import type { BotPageRequest } from '../../core/registration/page';
import type { WantedScan } from '../../core/registration/scan';
import { platformNames } from '../../protocol/platforms';
import { registrationOf } from '../platforms/registrations';
import { connectionStateOf, triggerId } from '../shared/receive/connection/connections';
import { refusedPage, type Answering, type PageOutcome } from './answer';
import { boundOf, changesFor, connectableOf, letGreet, takeOut } from './connectBot';
import type { N8nApi } from './n8nApi';
import { beginScanning, cancelScan, lookAtScan } from './scanning';

/** What n8n has: bots, and the workflows that they work in. */
interface Inventory {
	bots: KnownBot[];
	workflows: PlacedWorkflow[];
}

async function inventoryOf({ api, greetingId }: Answering): Promise<Inventory> {
	const [credentials, workflows] = await Promise.all([api.credentials(), api.workflows()]);
	const platforms = platformNames.map((platform) => connectableOf(registrationOf(platform)));
	return { bots: botsOf(credentials, workflows, platforms, greetingId), workflows };
}

/** Answers a request; what n8n refuses is a page too. */
export async function answerBotPage(
	answering: Answering,
	request: BotPageRequest,
): Promise<PageOutcome> {
	try {
		switch (request.action) {
			case 'list':
				return { page: await listPage(answering) };
			case 'look':
				return await lookAtScan(answering, request.scan);
			case 'begin':
				return await beginFor(answering, request);
			case 'cancel':
				return cancelScan(answering, request.scan);
			default:
				return await answerOfBot(answering, request);
		}
	} catch (error) {
		return { page: refusedPage(error) };
	}
}

async function listPage(answering: Answering): Promise<BotPage> {
	const { bots } = await inventoryOf(answering);
	const offered = platformNames.map((platform) => registrationOf(platform));
	return botPage(200, botListView(offered, bots.map(listed), answering.context));
}

/** The first of the bot's connections that this process has: they share one. */
function listed(bot: KnownBot): ListedBot {
	const [connection] = triggersOf(bot).flatMap(
		({ workflowId, nodeId }) => connectionStateOf(triggerId(workflowId, nodeId)) ?? [],
	);
	return { bot, ...(connection && { connection }) };
}

async function beginFor(
	answering: Answering,
	{ platform, replaces, updates }: WantedScan,
): Promise<PageOutcome> {
	const wanted = { platform, ...(replaces && { replaces }), ...(updates && { updates }) };
	if (!updates) return await beginScanning(answering, wanted);
	const { bots } = await inventoryOf(answering);
	const bot = bots.find(({ id }) => id === replaces);
	const appId = bot && appIdOf(bot);
	if (!appId) return { page: refusalPage('gone') };
	return await beginScanning(answering, wanted, appId);
}

type OfBot = Extract<BotPageRequest, { id: string }>;

async function answerOfBot(answering: Answering, request: OfBot): Promise<PageOutcome> {
	const { api, context, greetingId } = answering;
	const inventory = await inventoryOf(answering);
	const bot = inventory.bots.find(({ id }) => id === request.id);
	if (!bot) return { page: refusalPage('gone') };
	switch (request.action) {
		case 'show':
			return { page: botPageOf(answering, { bot, ...inventory, looks: request.looks }) };
		case 'check':
			return { page: await checkPage(api, bot) };
		case 'goOn':
			await letGreet(api, greetingId, boundOf(bot, bot));
			return await answerOfBot(answering, { action: 'show', id: bot.id, looks: 0 });
		case 'disconnect':
			return { page: disconnectPage(bot, context) };
		case 'reallyDisconnect':
			return await disconnect(answering, bot);
		case 'confirm':
			return await confirm(answering, inventory, {
				bot,
				person: request.person,
				chosen: request.workflows,
			});
	}
}

function botPageOf(
	{ rows, context, greetingId }: Answering,
	{ bot, workflows, looks }: Inventory & { bot: KnownBot; looks: number },
): BotPage {
	if (bot.state !== 'waiting') return settledPage(bot, context);
	const persons = personsOf(rows, bot.id);
	const places = placesFor(bot, workflows, greetingId);
	return waitingPage({ bot, persons, places, looks }, context);
}

async function checkPage(api: N8nApi, bot: KnownBot): Promise<BotPage> {
	const { works, message } = await api.testCredential(bot.id);
	const said = works
		? '凭证可用。 The credential works.'
		: '凭证不可用。 The credential does not work.';
	return notePage(200, `${bot.name}：${said} ${message}`);
}

async function disconnect({ api }: Answering, bot: KnownBot): Promise<PageOutcome> {
	const using = bot.uses.map(({ workflow }) => workflow);
	await takeOut(api, using, boundOf(bot, bot));
	await api.deleteCredential(bot.id);
	const said = `已断开：${bot.name}。平台上的机器人请在平台后台删除。 Disconnected. Delete the bot itself in the platform’s console.`;
	return { page: notePage(200, said), forget: bot.id };
}

interface Confirmed {
	bot: KnownBot;
	person: string;
	/** Ids of the workflows that are to answer. */
	chosen: readonly string[];
}

/**
 * The workflows get the bot first, and then the greeting one loses it: what people write meanwhile finds somebody.
 */
async function confirm(
	{ api, rows, greetingId }: Answering,
	{ workflows }: Inventory,
	{ bot, person, chosen }: Confirmed,
): Promise<PageOutcome> {
	const who = personsOf(rows, bot.id).find((each) => each.person === person);
	if (!who) return { page: refusalPage('person') };
	const places = placesFor(bot, workflows, greetingId).filter(({ workflow }) =>
		chosen.includes(workflow.id),
	);
	if (places.length < chosen.length) return { page: refusalPage('workflows') };
	const bound = boundOf(bot, bot);
	const changes = changesFor(bound, places);
	for (const { workflow, nodes, publish } of changes) await api.change(workflow, nodes, publish);
	const greeting = workflows.filter(({ id }) => id === greetingId);
	await takeOut(api, greeting, bound);
	const names = changes.map(({ workflow }) => workflow.name);
	return { page: confirmedPage(bot, who, names), forget: bot.id };
}
