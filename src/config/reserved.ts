/** Root fields that are ours, now or in a coming version: no source may be named so. */
const QUERY = `records sources source explain runs run datasets dataset datasetVersion previewDataset diffDatasetVersions drift
  splits split pipelines pipeline previewPipeline transformRows evaluations evaluation compareEvaluations models model
  modelVersion compareModelVersions sweeps sweep lineage fittedPipeline leaderboard operations schedules webhooks apiKeys
  node viewer`;
const MUTATION = `reloadSource cancelOperation createDataset updateDataset freezeDataset uploadDataset profileDataset
  verifyDatasetVersion deprecateDatasetVersion deleteDatasetVersion setDatasetAlias removeDatasetAlias createSchedule
  updateSchedule removeSchedule createSplit extendSplit verifySplit unsealPart createPipeline fitPipeline transformDataset
  exportPipeline createRun updateRun logParams logMetrics logText heartbeat finishRun cancelRun retryRun evaluate createModel
  updateModel createModelVersion updateModelVersion setAlias removeAlias setStage setPromotionRules createWebhook
  removeWebhook createSweep suggestTrial reportTrial createApiKey revokeApiKey`;
const SUBSCRIPTION = `runEvents runs metrics datasetEvents modelEvents`;

export const RESERVED_ROOT_FIELDS: ReadonlySet<string> = new Set(`${QUERY} ${MUTATION} ${SUBSCRIPTION}`.split(/\s+/));
