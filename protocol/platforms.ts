import type { Capabilities } from './capabilities';
import { capabilities as dingtalk } from './dingtalk/capabilities';
import { capabilities as feishu } from './feishu/capabilities';
import type { Platform } from './message';
import { capabilities as wecom } from './wecom/capabilities';

/** The platforms that the package speaks to, by the names that messages carry. */
export const PLATFORMS: Readonly<Record<Platform, Capabilities>> = { dingtalk, feishu, wecom };

export const platformNames = Object.keys(PLATFORMS) as Platform[];
