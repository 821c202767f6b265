import type {
	ICredentialsDisplayOptions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { Operation } from './operations';

/* By which kind of bot a platform's node works. */

/** The kinds of bots, as the parameter `authentication` names them. */
export const BOT_KINDS = ['app', 'groupRobot'] as const;
export type BotKind = (typeof BOT_KINDS)[number];

/** An operation of a platform's node. */
export interface BotOperation extends Operation {
	/** The kinds of bots that can carry it out. The panel asks for one where there are several. */
	bots: BotKind[];
}

/**
 * Asks which kind of bot works, where the chosen operation leaves a choice.
 * @param descriptions what each kind is on the platform, with its Chinese name
 */
export function authenticationField(
	operations: BotOperation[],
	descriptions: Record<BotKind, string>,
): INodeProperties {
	const options: INodePropertyOptions[] = [
		{ name: 'App', value: 'app', description: descriptions.app },
		{ name: 'Group Robot', value: 'groupRobot', description: descriptions.groupRobot },
	];
	return {
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		options,
		default: 'groupRobot',
		displayOptions: { show: { operation: valuesOf(operations, ({ bots }) => bots.length > 1) } },
	};
}

/**
 * When the credential of a kind of bot is shown: unless another kind is chosen, or the operation is never
 * carried out by this one.
 *
 * `hide`, not `show`: of the fields that a credential names under `show`, n8n's editor leaves those out of
 * the panel that their own visibility depends on, and `authentication` itself.
 */
export function usedBy(kind: BotKind, operations: BotOperation[]): ICredentialsDisplayOptions {
	const others = operations.flatMap(({ bots }) => bots).filter((bot) => bot !== kind);
	const never = valuesOf(operations, ({ bots }) => !bots.includes(kind));
	return {
		hide: {
			authentication: [...new Set(others)],
			...(never.length > 0 && { operation: never }),
		},
	};
}

const valuesOf = (
	operations: BotOperation[],
	isMeant: (operation: BotOperation) => boolean,
): Array<INodePropertyOptions['value']> =>
	operations.filter(isMeant).map(({ option }) => option.value);
