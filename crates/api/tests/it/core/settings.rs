use testkit::each;

#[tokio::test]
async fn everything_is_off_until_it_is_turned_on() {
    each(async |server| {
        let sandbox = server.sandbox();
        let path = "/drawbridge/v1/settings";
        let before = sandbox.get(path).await.ok();
        assert_eq!((&before["object"], &before["statement_files"]), (&"drawbridge.settings".into(), &false.into()));
        assert!(before.get("_id").is_none());
        sandbox.post(path, &[("statement_files", "true")]).await.ok();
        assert_eq!(sandbox.post(path, &[]).await.ok()["statement_files"], true, "what is not sent stays");
        assert_eq!(sandbox.get(path).await.ok()["statement_files"], true);
        assert_eq!(sandbox.post(path, &[("statement_files", "false")]).await.ok()["statement_files"], false);
        sandbox.post(path, &[("statement_files", "maybe")]).await.error(400, None, "statement_files");
        assert_eq!(server.sandbox().get(path).await.ok()["statement_files"], false, "another account has its own");
    })
    .await;
}
