import type { ModelSpec } from '../../models/model-spec';
import type { PartStream, Provider, ProviderCall } from '../provider';
import { streamOverGateway } from './gateway/chat';
import { deleteAsset, listAssets } from './media/assets';
import { draw } from './media/draw';
import { fetchAsset, findVideo } from './media/fetch-asset';
import { film } from './media/film';
import { readQuota } from './quota';
import { streamOverRest } from './rest-chat';

/**
 * The Grok site, for the operator's own accounts: one text per turn, images uploaded ahead of it. Tools
 * and most sampling fields have no counterpart there and are left out.
 */
export const grokWeb: Provider = {
  id: 'grok-web',
  metered: true,
  stream: (call) => CHAT[call.model.dialect](call),
  quota: readQuota,
  draw,
  film,
  findVideo,
  fetchAsset,
  listAssets,
  deleteAsset,
};

type Chat = (call: ProviderCall) => Promise<PartStream>;

/** How each dialect chats. The site has no rows of the official APIs' dialect. */
const CHAT: Readonly<Record<ModelSpec['dialect'], Chat>> = {
  'rest-model': streamOverRest,
  'rest-mode': streamOverRest,
  gateway: streamOverGateway,
  openai: streamOverRest,
};
