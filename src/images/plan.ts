import type { Demand } from '../calls/ask';
import type { Call } from '../calls/ports';
import type { ImageFormat } from '../contract/images';
import type { ImageMethod, Settings } from '../contract/settings';
import { AppError } from '../errors';
import { unitsFor, withImageMethod } from '../models/grok-media-models';
import type { ModelSpec } from '../models/model-spec';
import type { DrawTask } from '../providers/provider';
import { providerOf } from '../providers/registry';

/** A call for pictures: what it takes, and how it is asked. */
export interface DrawPlan extends Demand {
  readonly begin: Call['begin'];
}

/**
 * Plans the drawing of a task by this row, as the settings have it drawn.
 * @throws AppError when nobody draws for this provider.
 */
export function planDraw(model: ModelSpec, method: ImageMethod, task: DrawTask): DrawPlan {
  const row = withImageMethod(model, method);
  const provider = providerOf(row.provider);
  return {
    kind: 'image',
    model: row,
    units: unitsFor(row, task.n),
    charges: { image: task.n },
    begin: (attempt) => {
      if (provider.draw === undefined) {
        throw new AppError('model_not_found', 'This model draws no pictures.', { param: 'model' });
      }
      return provider.draw({ ...attempt, task });
    },
  };
}

/** The plan, and one in its place for a row that can be drawn over another way than the settings' own. */
export function planWithFallback(
  model: ModelSpec,
  method: ImageMethod,
  task: DrawTask,
): readonly [DrawPlan, ...DrawPlan[]] {
  const plan = planDraw(model, method, task);
  return plan.model === model ? [plan] : [plan, planDraw(model, 'legacy', task)];
}

/** How pictures are answered: as asked, else as the settings say. */
export function formatOf(
  asked: ImageFormat | null | undefined,
  model: ModelSpec,
  { app, grok }: Settings,
): ImageFormat {
  if (asked !== null && asked !== undefined) return asked;
  // The socket sends the pictures along: clients of that method have always had them in the answer.
  const isOverSocket = withImageMethod(model, grok.image_generation_method) !== model;
  return isOverSocket && app.image_format === 'url' ? 'b64_json' : app.image_format;
}
