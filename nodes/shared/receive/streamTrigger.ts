import {
	NodeOperationError,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import type { DecodedMessage } from '../../../protocol/message';
import { next } from './connection/connections';
import { ConnectionFailure, type Kinds, type StreamProtocol } from './connection/stream';
import { begin } from './emission';
import { hintOfEngine } from './expressionEngine';
import type { SeenNote } from './inbox';
import { itemOf, triggerOf } from './intake';
import { PublishedTrigger, textOf } from './publishedTrigger';

/* What n8n's trigger nodes do where their messages come by a long connection. */

/** As the webhooks have it (`fields.ts`). The parameter takes no expression. */
const isStream = ({ parameters }: INode): boolean =>
	parameters.connection === 'stream' && parameters.authentication !== 'app';

/**
 * The workflow is published, or n8n starts: joins the connection of the app.
 *
 * 1. By HTTP: nothing to do.
 * 2. A credential that names no app connects nothing, and publishing passes.
 * 3. One that is wrong fails where somebody publishes the workflow, and n8n shows the cure. n8n tries five times.
 *    Where n8n starts the workflow by itself it is tried again until it is mended.
 * 4. A platform that is away is tried on; publishing passes.
 *
 * From then on the network's doings are the connection's alone: an error that is told to n8n (`emitError`) would
 * make it start a second trigger beside this one.
 */
export async function startStream(
	ctx: ITriggerFunctions,
	protocol: StreamProtocol,
): Promise<ITriggerResponse> {
	if (!isStream(ctx.getNode())) return {};
	const trigger = new PublishedTrigger(ctx, protocol);
	// Of an error at a publication n8n shows the message alone.
	await trigger.begin().catch(explainIn(ctx, textOf));
	return { closeFunction: async () => trigger.end() };
}

/**
 * The trigger node as the first node of an execution.
 *
 * 1. A test run of a connection waits for a message.
 * 2. Otherwise the items are there. Where a connection has brought them, the node's turn is the sign that n8n
 *    has stored the execution; where callbacks bring them, n8n's engine may be worth a hint.
 */
export async function passOn(
	ctx: IExecuteFunctions,
	protocol: StreamProtocol,
): Promise<INodeExecutionData[][]> {
	const isByStream = isStream(ctx.getNode());
	if (!isByStream) hintOfEngine(ctx);
	if (ctx.getMode() === 'manual' && isByStream) {
		return [[await receiveForTest(ctx, protocol)]];
	}
	const { id: workflowId = '' } = ctx.getWorkflow();
	// An execution that is run again has none: what it saved would take the place of what was noted.
	const note = ctx.getMode() === 'retry' ? {} : ctx.getWorkflowStaticData('global');
	return [
		begin(ctx.getInputData(), { workflowId, nodeId: ctx.getNode().id, note: note as SeenNote }),
	];
}

/** The next message that this node wants: the published trigger does not get it. */
async function receiveForTest(
	ctx: IExecuteFunctions,
	protocol: StreamProtocol,
): Promise<INodeExecutionData> {
	const credential = await ctx.getCredentials(protocol.credential);
	const missing = protocol.missing(credential);
	if (missing) throw new NodeOperationError(ctx.getNode(), `Not connected: ${missing}`);
	const trigger = triggerOf(ctx, protocol.credential);
	const kinds = new Set(trigger.settings.events) as Kinds;
	const wants = (message: DecodedMessage): boolean => itemOf(message, trigger) !== undefined;
	const access = { protocol, credential, log: ctx.logger };
	const signal = ctx.getExecutionCancelSignal();
	const message = await next(access, { kinds, wants }, signal).catch(
		explainIn(ctx, ({ message: said }) => said),
	);
	return itemOf(message, trigger)!;
}

/** Makes of a failure what n8n shows at the node. */
const explainIn =
	(ctx: ITriggerFunctions | IExecuteFunctions, wordsFor: (failure: ConnectionFailure) => string) =>
	(error: unknown): never => {
		if (!(error instanceof ConnectionFailure)) throw error;
		throw new NodeOperationError(ctx.getNode(), wordsFor(error), { description: error.cure });
	};
