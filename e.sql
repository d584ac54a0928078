SELECT r.id FROM resources r WHERE r.workspace_id = '01a220a5-5671-71c5-86ec-8cb5133e0550' AND r.environment = 'dev' AND r.state <> 'gone' ORDER BY r.created_at DESC, r.id DESC LIMIT 51;
