import { NodeOperationError, type INode } from 'n8n-workflow';
import type { BotMessage } from '../../protocol/message';
import { splitList, withoutHidden } from '../../protocol/text';

type YesOrNo = 'yes' | 'no';

/** A rule as the node's fields hold it. Everything that is filled in must hold. */
export interface RouterRule {
	outputName: string;
	textIs: 'anything' | 'command' | 'empty' | 'keyword' | 'pattern';
	commands?: string;
	keywords?: string;
	pattern?: string;
	conditions?: {
		platforms?: string[];
		kinds?: string[];
		conversationType?: string;
		mentioned?: YesOrNo;
		mentionedAll?: YesOrNo;
		fromBot?: YesOrNo;
		senderIds?: string;
		conversationIds?: string;
	};
}

/** A command that was found at the beginning of a message. */
export interface BotCommand {
	name: string;
	/** What follows it. */
	arguments: string;
}

/** Whether a message fits, and the command that it begins with where the rule asks for one. */
type Matcher = (message: Partial<BotMessage>) => { command?: BotCommand } | undefined;

/** Keeps patterns of polynomial cost cheap. An exponential one, such as (a+)+, is not bounded by it. */
const MAX_PATTERN_TEXT = 2000;

/** Prepares a rule once for all messages of a run. */
export function compileRule(rule: RouterRule, node: INode): Matcher {
	const fitsText = compileText(rule, node);
	const conditions = compileConditions(rule.conditions ?? {});
	return (message) => {
		const { text = '', chatInput = text } = message;
		return conditions.every((holds) => holds(message)) ? fitsText(text, chatInput) : undefined;
	};
}

function compileText(
	rule: RouterRule,
	node: INode,
): (text: string, chatInput: string) => { command?: BotCommand } | undefined {
	switch (rule.textIs) {
		case 'command': {
			const commands = splitList(rule.commands ?? '').map((name) =>
				foldCase(/^[/／]/.test(name) ? name : `/${name}`),
			);
			return (text) => {
				const command = readCommand(text);
				return command && commands.includes(foldCase(command.name)) ? { command } : undefined;
			};
		}
		case 'empty':
			// A quote and nothing else is something to read.
			return (_, chatInput) => (chatInput.trim() === '' ? {} : undefined);
		case 'keyword': {
			const keywords = splitList(rule.keywords ?? '').map(foldCase);
			return (text) => {
				const folded = foldCase(text);
				return keywords.some((keyword) => folded.includes(keyword)) ? {} : undefined;
			};
		}
		case 'pattern': {
			const pattern = compilePattern(rule, node);
			return (text) => (pattern.test(text.slice(0, MAX_PATTERN_TEXT)) ? {} : undefined);
		}
		default:
			return () => ({});
	}
}

function compilePattern({ pattern = '', outputName }: RouterRule, node: INode): RegExp {
	// An empty one would fit everything.
	if (!pattern) throw new NodeOperationError(node, `The pattern of "${outputName}" is empty`);
	try {
		return new RegExp(pattern, 'iu');
	} catch (error) {
		throw new NodeOperationError(
			node,
			`The pattern of "${outputName}" is not a regular expression: ${(error as Error).message}`,
		);
	}
}

function compileConditions(
	conditions: NonNullable<RouterRule['conditions']>,
): Array<(message: Partial<BotMessage>) => boolean> {
	const { platforms = [], kinds = [], conversationType } = conditions;
	const { mentioned, mentionedAll, fromBot } = conditions;
	const says = (wanted: YesOrNo | undefined, is: boolean | undefined): boolean =>
		!wanted || Boolean(is) === (wanted === 'yes');
	const senders = new Set(splitList(conditions.senderIds ?? ''));
	const conversations = new Set(splitList(conditions.conversationIds ?? ''));
	return [
		(message) => platforms.length === 0 || platforms.includes(message.platform ?? ''),
		(message) => kinds.length === 0 || kinds.includes(message.kind ?? ''),
		(message) => !conversationType || message.conversationType === conversationType,
		(message) => says(mentioned, message.mentionedBot),
		(message) => says(mentionedAll, message.mentionedAll),
		(message) => says(fromBot, message.sender?.isBot),
		(message) => senders.size === 0 || senders.has(message.sender?.id ?? ''),
		(message) => conversations.size === 0 || conversations.has(message.conversationId ?? ''),
	];
}

/** The first word where it begins with a slash; phones in Chinese write a wide one. */
function readCommand(text: string): BotCommand | undefined {
	const [, name, rest] = /^\s*([/／][\S\ufeff]+)([\s\S]*)$/u.exec(text) ?? [];
	if (name === undefined) return undefined;
	return { name: withoutHidden(name).replace('／', '/'), arguments: (rest ?? '').trim() };
}

function foldCase(text: string): string {
	return withoutHidden(text).replace('／', '/').toLowerCase();
}
