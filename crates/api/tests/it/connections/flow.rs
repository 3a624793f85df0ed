use testkit::each;

#[tokio::test]
async fn links() {
    each(async |server| {
        let sandbox = server.sandbox();
        let linked = sandbox.link("Test (OAuth)", &["Success"], &[("prefetch[]", "transactions"), ("prefetch[]", "balances")]).await;
        println!("{:#?}", linked.accounts);
        let linked = sandbox.link("Bank (OAuth)", &["Everyday Checking"], &[]).await;
        println!("{:#?}", linked.accounts);
    })
    .await;
}
