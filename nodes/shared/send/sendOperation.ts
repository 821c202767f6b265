import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Target } from '../../../core/delivery/delivery';
import { BOT_KINDS, type BotOperation } from '../node/authentication';
import { sendContent } from '../node/fields';
import { perItem } from '../node/operations';
import { message } from '../node/resources';
import type { PlatformAdapter } from './adapter';
import { readContent } from './content';
import { sendContext, sendSeed } from './context';
import { deliver } from './deliver';

/**
 * The Send operation of a platform's node.
 * @param targetFields say whom the app writes to
 * @param readTarget reads them
 */
export function sendOperation(
	adapter: PlatformAdapter,
	targetFields: INodeProperties[],
	readTarget: (ctx: IExecuteFunctions, itemIndex: number) => Target,
): BotOperation {
	const bots = BOT_KINDS.filter((kind) => adapter[kind] !== undefined);
	const [only] = bots.length === 1 ? bots : [];
	return {
		resource: message,
		option: {
			name: 'Send',
			value: 'send',
			action: 'Send a message',
			description: 'Write to a group or to people',
		},
		bots,
		properties: [...targetFields, ...sendContent],
		execute: perItem(async (ctx, itemIndex) => {
			// Where there is one, the panel does not ask.
			const byApp = (only ?? ctx.getNodeParameter('authentication', itemIndex)) === 'app';
			const context = sendContext({
				ctx,
				itemIndex,
				adapter,
				...(byApp ? { via: 'app', target: readTarget(ctx, itemIndex) } : { via: 'groupRobot' }),
				seed: sendSeed(ctx, itemIndex),
				...readContent(ctx, itemIndex),
			});
			return { delivery: (await deliver(context)) as unknown as IDataObject };
		}),
	};
}
