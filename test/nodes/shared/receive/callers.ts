import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';
import type { SeenNote } from '../../../../nodes/shared/receive/inbox';
import type { StartExecution } from '../../../../nodes/shared/receive/intake';
import { decodeMessage } from '../../../../protocol/dingtalk/decode';
import type { DecodedMessage } from '../../../../protocol/message';
import type { WebhookRunner } from '../../../webhooks';
import { dingTalk, type Said } from '../../platforms';

/*
 * The two ways in which messages reach the intake: a request each, behind n8n's webhook code, and a
 * connection that stays open, which hands items to n8n's `emit`. The second one is as small as such a
 * caller can be, and speaks no platform's protocol.
 */

/** What the platform learns; `gone` where it does not wait for it. */
export type Outcome = 'acknowledged' | 'refused' | 'gone';

export type Deliver = (said: Said, signal?: AbortSignal) => Promise<Outcome>;

export interface Caller {
	name: string;
	/** @param node name of the trigger node that gets the messages */
	open(runner: WebhookRunner, node: string): Deliver;
}

const callback: Caller = {
	name: 'HTTP callbacks',
	open: (runner, node) => async (said, signal) => {
		const { method, headers, body } = dingTalk.message(said);
		try {
			const response = await fetch(runner.urlOf(node), { method, headers, body, signal });
			const isAcknowledged = dingTalk.acknowledged(await response.text());
			return response.status === 200 && isAcknowledged ? 'acknowledged' : 'refused';
		} catch {
			return 'gone';
		}
	},
};

const connection: Caller = {
	name: 'a connection',
	open: (runner, node) => {
		let connected = connect(runner, node);
		return async (said, signal) => {
			// The old process took its connection with it.
			if (connected.intake !== runner.intake) connected = connect(runner, node);
			return await connected.deliver(said, signal);
		};
	},
};

/** A message as a decoder gives it to the intake. */
export function decoded(said: Said): DecodedMessage {
	const context = { nowMs: Date.now(), isTrustedUrl: () => true };
	return decodeMessage(dingTalk.document(said), context);
}

function connect(runner: WebhookRunner, node: string) {
	const { intake } = runner;
	const { emit, onStored } = n8nOf(runner, node);
	const ctx = runner.triggerContext(node, emit);
	const trigger = intake.triggerOf(ctx, 'dingTalkAppApi');
	const start: StartExecution = async (items, markStored) => {
		const ended = deferred();
		const stored = onStored(items, markStored);
		ctx.emit([items], undefined, ended);
		// An execution that could not be stored ends without having begun.
		await Promise.race([stored, ended.promise.catch(() => {})]);
	};
	const deliver: Deliver = async (said, signal) => {
		const gone = new Promise<'gone'>((resolve) =>
			signal?.addEventListener('abort', () => resolve('gone')),
		);
		const isStored = await Promise.race([intake.intake(trigger, decoded(said), start), gone]);
		return isStored === 'gone' ? 'gone' : isStored ? 'acknowledged' : 'refused';
	};
	return { intake, deliver };
}

/**
 * n8n as a connection sees it: `emit` says nothing; that an execution is stored shows when n8n runs the
 * trigger node's own `execute()`, with static data of the execution, which n8n saves at its end.
 */
function n8nOf(runner: WebhookRunner, node: string) {
	const waiting = new Map<unknown, (note: SeenNote) => void>();
	let mark = 0;
	const execute = (items: INodeExecutionData[], staticData: SeenNote): void => {
		const key = items[0]!.json.mark;
		delete items[0]!.json.mark;
		waiting.get(key)?.(staticData);
		waiting.delete(key);
	};
	const run = async (given: INodeExecutionData[]): Promise<IRun> => {
		const items = structuredClone(given);
		await runner.store(items);
		const staticData = { global: {}, ...structuredClone(runner.staticData) };
		execute(items, staticData.global);
		runner.executions.push({ node, items });
		// As n8n saves it.
		runner.staticData = JSON.parse(JSON.stringify(staticData));
		return {} as IRun;
	};
	const emit: ITriggerFunctions['emit'] = (data, _response, ended) =>
		void run(data[0]!).then(ended?.resolve, ended?.reject);
	const onStored = async (
		items: INodeExecutionData[],
		markStored: (note: SeenNote) => void,
	): Promise<void> => {
		const key = ++mark;
		items[0]!.json.mark = key;
		await new Promise<void>((resolve) =>
			waiting.set(key, (note) => {
				markStored(note);
				resolve();
			}),
		);
	};
	return { emit, onStored };
}

/** What `emit` takes to tell of an execution's end. */
type Ended = NonNullable<Parameters<ITriggerFunctions['emit']>[2]>;

function deferred(): Ended {
	const parts = {} as Ended;
	parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
	return parts;
}

export const callers: Caller[] = [callback, connection];
