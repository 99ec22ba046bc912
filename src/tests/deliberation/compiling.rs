//! The form of the feedback: saved by itself as one sitting, and looked through for names.

use super::*;

on_both!(a_page_that_saves_by_itself_is_one_sitting, a_wording_that_might_name_somebody_is_pointed_out,);

async fn a_page_that_saves_by_itself_is_one_sitting(portal: TestPortal) {
    let (_, application, seats) = portal.in_deliberation().await;
    let mut one = portal.sign_in(&reviewer(0)).await;
    let mut second = portal.sign_in(SECOND).await;
    let (way, group) = (mine(seats[0], "/feedback/5"), here(application, "/feedback/5"));
    let typed = |page: &'static str, gap: &'static str| {
        [("version", "0"), ("level", "2"), ("strengths", ""), ("gap", gap), ("satisfy", ""), ("page", page)]
    };
    // The island has not heard of its saves: its version is the one that the page began with.
    for (gap, version) in [("Nights", 1), ("Nights are", 2), ("Nights are open.", 3)] {
        let told = one.autosave(&way, &typed("a1", gap)).await.json();
        assert_eq!((told["state"].as_str(), told["version"].as_i64()), (Some("saved"), Some(version)), "{gap}");
    }
    assert!(portal.read().await.kept_wordings(application, 5).await.expect("wordings").is_empty());
    let told = second.autosave(&group, &typed("b2", "Of the coordinator.")).await.json();
    assert_eq!(told["state"], "beside");
    let kept = portal.read().await.kept_wordings(application, 5).await.expect("wordings");
    assert_eq!(
        kept.iter().map(|k| (k.wording.gap.as_str(), k.beside)).collect::<Vec<_>>(),
        [("Of the coordinator.", true)]
    );
    // Another page of the same person begins from what is there, and what was there is kept.
    let mut later = typed("c3", "Nights are covered by telephone.");
    later[0].1 = "3";
    assert_eq!(one.autosave(&way, &later).await.json()["version"], 4);
    let kept = portal.read().await.kept_wordings(application, 5).await.expect("wordings");
    assert!(kept.iter().any(|k| k.wording.gap == "Nights are open." && !k.beside));
    // The name of somebody else's page opens nothing.
    let told = second.autosave(&group, &typed("c3", "Taken over?")).await.json();
    assert_eq!(told["state"], "beside");
    let now = portal.read().await.consensus_at(application, 5).await.expect("consensus").expect("one");
    assert_eq!((now.gap.as_str(), now.version), ("Nights are covered by telephone.", 4));
}

async fn a_wording_that_might_name_somebody_is_pointed_out(portal: TestPortal) {
    let (_, application, seats) = portal.in_deliberation().await;
    let mut one = portal.sign_in(&reviewer(0)).await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let (way, group) = (mine(seats[0], "/feedback/5"), here(application, "/feedback/5"));
    assert!(!one.page(&way).await.shows("This might tell who somebody is"));
    one.post(&way, &wording("0", "2", "Ask me, Rosa Altamira, how we do it.")).await.went_to();
    let page = one.page(&way).await;
    page.must_show("This might tell who somebody is");
    assert!(page.text().contains("href=\"#gap\""));
    coordinator.post(&group, &wording("1", "2", "Write to nurse@ward.example.")).await.went_to();
    coordinator.page(&group).await.must_show("This might tell who somebody is");
    coordinator.post(&group, &wording("2", "2", "Nights have no rota.")).await.went_to();
    assert!(!coordinator.page(&group).await.shows("This might tell who somebody is"));
}
